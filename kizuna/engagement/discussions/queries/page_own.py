"""Pages of one person: saved posts part by part, and what changed between the versions of a post."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kizuna.base.web.opened import Change, Opened
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Bookmark, Post, PostRevision
from kizuna.engagement.discussions.queries.lists import revisions_of
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


def versions(viewer: Viewer, post: Post) -> list[Version]:
    """Return the changes of a post, newest first, to those who may read what stood there before."""
    found, after = [], post.body
    for revision in revisions_of(viewer, post)[:MAX_VERSIONS]:
        name = revision.edited_by.name if revision.edited_by else ""
        found.append(Version(revision.edited_at, name, revision.title, list(_changed_lines(revision.body, after))))
        after = revision.body
    return found


def shown_of(post: Post) -> dict[str, Any]:
    """Return what the form of a post shows of it; that of an opening post shows its topic's title and tags, too."""
    of_topic = {"title": post.topic.title, "tags": post.topic.tags} if post.number == 1 else {}
    return {"body": post.body, **of_topic}


def post_opened(post: Post) -> Opened:
    """Return what the form of a post is opened on."""
    last = PostRevision.objects.filter(post=post).order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(shown_of(post), number=last)


def changes_after(post: Post, *, after: int) -> list[Change]:
    """Return who changed a post after a change, the latest first."""
    rows = PostRevision.objects.filter(post=post, pk__gt=after).select_related("edited_by").order_by("-pk")
    return [Change(row.edited_by.name if row.edited_by else "", row.edited_at) for row in rows[:20]]


def _changed_lines(before: str, after: str) -> Iterable[tuple[str, str]]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line[:2] not in ("--", "++", "@@"):
            yield line[:1], line[1:]
