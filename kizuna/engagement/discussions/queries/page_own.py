"""What one member keeps or may look after: saved posts, drafts, earlier versions, posts that wait for a moderator."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Bookmark, Draft, Post, PostRevision, State
from kizuna.engagement.discussions.queries.visible import posts_visible_to

PAGE = 30
MAX_VERSIONS = 50


@dataclass(frozen=True)
class Kept:
    """A saved post and the key that the next page begins after."""

    key: int
    post: Post


@dataclass(frozen=True)
class Version:
    """A change of a post: who, when, and its lines as (sign, text), signs being "+", "-" and " "."""

    changed_at: datetime
    changed_by: str
    title: str
    lines: list[tuple[str, str]]


def bookmarks(viewer: Viewer, *, before: int | None = None) -> tuple[list[Kept], int | None]:
    """Return a page of what this member saved and still may read, newest first, and the key of the next page."""
    mine = Bookmark.objects.filter(member_id=viewer.member_id, post__in=posts_visible_to(viewer).values("pk"))
    if before:
        mine = mine.filter(pk__lt=before)
    rows = mine.select_related("post__topic__space", "post__author").order_by("-pk")[: PAGE + 1]
    found = [Kept(row.pk, row.post) for row in rows]
    return found[:PAGE], found[PAGE - 1].key if len(found) > PAGE else None


def drafts(viewer: Viewer) -> list[Draft]:
    """Return this member's unsent texts of discussions, newest first."""
    ours = Q(context="ask") | Q(context__regex=r"^(topic|space|edit):")
    return list(Draft.objects.filter(ours, member_id=viewer.member_id).order_by("-saved_at")[:100])


def draft(viewer: Viewer, context: str) -> Draft | None:
    """Return this member's unsent text of one place."""
    return Draft.objects.filter(member_id=viewer.member_id, context=context).first() if viewer.is_member else None


def versions(post: Post, *, with_words: bool) -> list[Version]:
    """Return the changes of a post, newest first; without their words for those who may not read them."""
    revisions: list[Any] = list(
        PostRevision.objects.filter(post=post).select_related("edited_by").order_by("-pk")[:MAX_VERSIONS]
    )
    found, after = [], post.body
    for revision in revisions:
        lines = list(_changed_lines(revision.body, after)) if with_words else []
        name = revision.edited_by.name if revision.edited_by else ""
        found.append(Version(revision.edited_at, name, revision.title if with_words else "", lines))
        after = revision.body
    return found


def _changed_lines(before: str, after: str) -> Iterable[tuple[str, str]]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line[:2] not in ("--", "++", "@@"):
            yield line[:1], line[1:]


def held(viewer: Viewer) -> QuerySet[Post]:
    """Return the posts that wait for a moderator, the oldest first; a held topic by its opening post."""
    waiting = Q(state=State.HELD) | Q(number=1, topic__state=State.HELD)
    rows = posts_visible_to(viewer).filter(waiting)
    return rows.select_related("topic__space", "author").order_by("created_at", "pk")[:100]
