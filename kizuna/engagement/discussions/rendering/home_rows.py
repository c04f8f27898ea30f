"""Small rows of the home page."""

from typing import Any

from django.utils.translation import gettext

from kizuna.base.text import html, markdown
from kizuna.engagement.discussions.models import Topic
from kizuna.engagement.discussions.queries import page_home
from kizuna.engagement.discussions.queries.page_home import NeededRow
from kizuna.engagement.discussions.rendering import people
from kizuna.engagement.discussions.rendering.controls import answer_count

LEAD = 90


def need_of(row: NeededRow, known_tags: list[str]) -> dict[str, Any]:
    """Return a question that waits for this reader, with the reason why they are asked."""
    tag = next((name for name in row.tags if name in known_tags), "")
    return {
        "title": row.title,
        "lang": row.lang,
        "url": f"/t/{row.id}/",
        "name": row.author_name,
        "hue": row.author_hue,
        "avatar_url": people.avatar_url(row.author_avatar_key),
        "answers": answer_count(max(row.post_count - 1, 0)),
        "at": row.created_at,
        "reason": gettext("You know: {tag}").format(tag=tag) if tag else "",
    }


def lead_of(topic: Topic) -> str:
    """Return how an announcement begins."""
    text = html.to_text(page_home.opening_html(topic)).strip()
    return markdown.excerpt(text.partition("\n")[0], limit=LEAD)
