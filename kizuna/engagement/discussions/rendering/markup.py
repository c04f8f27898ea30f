"""Structured descriptions of public threads for search engines (schema.org), safe inside a script element."""

import json
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString

from kizuna.base.text import html, markdown
from kizuna.engagement.discussions.queries.page_texts import PostText
from kizuna.engagement.discussions.queries.pages import TopicRow
from kizuna.engagement.discussions.rendering.slots import trusted

# As in Django's json_script: nothing in a text can end the script element or begin another.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
TEXT = 2000


def of_topic(topic: TopicRow, texts: list[PostText], *, base: str) -> SafeString:
    """Return the JSON-LD of a question (QAPage) or of any other topic (DiscussionForumPosting)."""
    described = _question(topic, texts, base) if topic.space.is_question else _posting(topic, texts, base)
    return trusted(json.dumps(described, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES))


def _question(topic: TopicRow, texts: list[PostText], base: str) -> dict[str, Any]:
    answers = [text for text in texts if text.number > 1]
    question: dict[str, Any] = {
        "@type": "Question",
        "name": topic.title,
        **_text(next((text for text in texts if text.number == 1), None), topic, base),
        "answerCount": max(topic.post_count - 1, 0),
        "suggestedAnswer": [_answer(text, topic, base) for text in answers if text.number != topic.accepted_number],
    }
    accepted = next((text for text in answers if text.number == topic.accepted_number), None)
    if accepted:
        question["acceptedAnswer"] = _answer(accepted, topic, base)
    return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}


def _posting(topic: TopicRow, texts: list[PostText], base: str) -> dict[str, Any]:
    comments = [{"@type": "Comment", **_text(text, topic, base)} for text in texts if text.number > 1]
    return {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": topic.title,
        **_text(next((text for text in texts if text.number == 1), None), topic, base),
        "commentCount": max(topic.post_count - 1, 0),
        "comment": comments,
    }


def _answer(text: PostText, topic: TopicRow, base: str) -> dict[str, Any]:
    return {"@type": "Answer", "upvoteCount": sum(text.reaction_counts.values()), **_text(text, topic, base)}


def _text(text: PostText | None, topic: TopicRow, base: str) -> dict[str, Any]:
    if text is None:
        return {}
    place = f"?p={text.number}#p-{text.number}" if text.number > 1 else ""
    return {
        "text": _plain(text.html),
        "url": f"{base}/t/{topic.id}/{place}",
        "datePublished": text.created_at.isoformat(),
        "author": {"@type": "Person", "name": text.author_name, "url": f"{base}/m/{text.author_handle}/"},
    }


@lru_cache(maxsize=2_000)
def _plain(source: str) -> str:
    """Return a post's text in one line. Every new post empties the kept pages, and the other posts stay the same."""
    return markdown.excerpt(html.to_text(source), limit=TEXT)
