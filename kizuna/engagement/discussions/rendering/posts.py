"""A post's stored HTML: who wrote it, when, and the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from kizuna.base.components import leaves
from kizuna.engagement.discussions.actions import fragments as stored
from kizuna.engagement.discussions.models import Post, State
from kizuna.engagement.discussions.queries.pages import PostRow
from kizuna.engagement.discussions.rendering import people, slots

LANGUAGES = ("ja", "en")
TEMPLATES = {False: "discussions/fragments/post.html", True: "discussions/fragments/reply.html"}


@dataclass(frozen=True)
class Drawn:
    """One post, drawn again in both languages."""

    version: str
    html: dict[str, str]


def fragments(rows: Sequence[PostRow], *, language: str, time_zone: str) -> dict[int, str]:
    """Return each post's fragment by id; stale ones are drawn from the database and stored on the way."""
    ground = slots.ground(time_zone=time_zone)
    found, stale = {}, {}
    for row in rows:
        version = f"{ground}.{row.card_version}{'r' if row.is_reply else ''}"
        if row.fragment_version == version:
            found[row.id] = row.fragment
        else:
            stale[row.id] = (version, row.is_reply)
    if stale:
        drawn = _draw_again(stale, time_zone=time_zone)
        found |= {post_id: item.html[language] for post_id, item in drawn.items()}
    return found


def _draw_again(stale: dict[int, tuple[str, bool]], *, time_zone: str) -> dict[int, Drawn]:
    posts = list(Post.objects.filter(pk__in=stale).select_related("author", "reply_to__author"))
    drawn = {}
    for post in posts:
        version, is_reply = stale[post.pk]
        html = {language: draw(post, language, is_reply=is_reply, time_zone=time_zone) for language in LANGUAGES}
        drawn[post.pk] = Drawn(version=version, html=html)
    stored.store_posts([(post, drawn[post.pk].version, drawn[post.pk].html) for post in posts])
    return drawn


def draw(post: Post, language: str, *, is_reply: bool, time_zone: str) -> str:
    """Return a post's HTML in one language, with its slots; times are absolute, in the community's zone."""
    with translation.override(language), timezone.override(ZoneInfo(time_zone)):
        context = {
            "post": post,
            "body": slots.trusted(post.html),  # sanitised when it was written
            "written": leaves.moment(post.created_at),
            "person": people.card_of(post.author),
            "url": permalink(post.topic_id, post.number),
            "parent": _parent(post),
        }
        return render_to_string(TEMPLATES[is_reply], context)


def permalink(topic_id: int, number: int) -> str:
    """Return the address that leads to one post, whichever part of the thread holds it."""
    return f"/t/{topic_id}/?p={number}#p-{number}"


def _parent(post: Post) -> dict[str, str] | None:
    parent = post.reply_to
    if parent is None or parent.number == 1 or parent.state != State.VISIBLE:
        return None
    return {"name": parent.author.name, "url": permalink(post.topic_id, parent.number)}
