"""A topic's stored row: what lists, the home page and tags show of it."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from kizuna.base.components import leaves
from kizuna.base.text import html, markdown
from kizuna.core.community.settings import in_language
from kizuna.engagement.discussions.actions import fragments as stored
from kizuna.engagement.discussions.models import IdeaStatusChange, Post, State, Topic
from kizuna.engagement.discussions.queries.page_lists import ListRow
from kizuna.engagement.discussions.queries.pages import SpaceRow, space_by_id
from kizuna.engagement.discussions.rendering import people, slots
from kizuna.engagement.discussions.rendering.posts import LANGUAGES
from kizuna.engagement.discussions.rendering.words import idea_chip

EXCERPT = 110  # characters, about two lines
ACCEPTED_EXCERPT = 90


@dataclass(frozen=True)
class Words:
    """The texts around a title, gathered for all stale rows at once."""

    opening: Post | None
    accepted: Post | None
    note: str


def fragments(rows: Sequence[ListRow], *, language: str, time_zone: str) -> dict[int, str]:
    """Return each topic's row by id; stale ones are drawn from the database and stored on the way."""
    ground = slots.ground(time_zone=time_zone)
    found, stale = {}, {}
    for row in rows:
        version = _version(row, row.space, ground)
        if row.row_version == version:
            found[row.id] = row.fragment
        else:
            stale[row.id] = version
    if stale:
        found |= {topic_id: drawn[language] for topic_id, drawn in _draw_again(stale, time_zone).items()}
    return found


def _version(row: ListRow, space: SpaceRow, ground: str) -> str:
    shown = (
        row.card_version, row.last_card_version, row.last_number, row.accepted_post_id, row.idea_status,
        row.is_closed, row.is_pinned, row.title, space.name, space.slug, space.kind,
    )  # fmt: skip
    return f"{ground}.{zlib.crc32(repr(shown).encode()):08x}"


def _draw_again(stale: dict[int, str], time_zone: str) -> dict[int, dict[str, str]]:
    topics = list(Topic.objects.filter(pk__in=stale).select_related("author", "last_post_author"))
    words = _words_of(topics)
    drawn = {
        topic.pk: {language: draw(topic, words[topic.pk], language, time_zone=time_zone) for language in LANGUAGES}
        for topic in topics
    }
    stored.store_rows([(topic, stale[topic.pk], drawn[topic.pk]) for topic in topics])
    return drawn


def _words_of(topics: Sequence[Topic]) -> dict[int, Words]:
    ids = [topic.pk for topic in topics]
    openings = {post.topic_id: post for post in Post.objects.filter(topic_id__in=ids, number=1)}
    wanted = [topic.accepted_post_id for topic in topics if topic.accepted_post_id]
    accepted = {
        post.topic_id: post for post in Post.objects.filter(pk__in=wanted, state=State.VISIBLE).select_related("author")
    }
    changes = IdeaStatusChange.objects.filter(topic_id__in=ids).order_by("id").values_list("topic_id", "note")
    notes = dict(changes)
    return {pk: Words(openings.get(pk), accepted.get(pk), notes.get(pk, "")) for pk in ids}


def draw(topic: Topic, words: Words, language: str, *, time_zone: str) -> str:
    """Return a topic's row in one language, with its slots; times are absolute, in the community's zone."""
    space = space_by_id(topic.space_id)
    template = "discussions/fragments/idea_row.html" if space.is_idea else "discussions/fragments/topic_row.html"
    with translation.override(language), timezone.override(ZoneInfo(time_zone)):
        context = {
            "topic": topic,
            "url": f"/t/{topic.pk}/",
            "space": {"name": in_language(space.name, language), "url": space.url},
            "person": people.card_of(topic.author),
            "written": leaves.moment(topic.created_at),
            "excerpt": _excerpt(words.opening, EXCERPT),
            "accepted": _accepted(words.accepted),
            "status": idea_chip(topic.idea_status) if space.is_idea else "",
            "note": words.note,
            "last": _last(topic),
        }
        return render_to_string(template, context)


def _excerpt(post: Post | None, limit: int) -> str:
    return markdown.excerpt(html.to_text(post.html), limit=limit) if post else ""


def _accepted(post: Post | None) -> dict[str, object]:
    return {"person": people.card_of(post.author), "text": _excerpt(post, ACCEPTED_EXCERPT)} if post else {}


def _last(topic: Topic) -> dict[str, object] | None:
    if topic.post_count < 2 or topic.last_post_author is None:
        return None
    return {"name": topic.last_post_author.name, "at": _moment(topic)}


def _moment(topic: Topic) -> SafeString:
    return leaves.moment(topic.bumped_at)
