"""What programs read of public topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Post, State
from kizuna.engagement.discussions.queries.pages import SpaceRow
from kizuna.engagement.discussions.queries.visible import topics_visible_to

ENTRIES = 30
SITEMAP = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    title: str
    html: str
    author_name: str
    created_at: datetime
    updated_at: datetime
    is_solved: bool


def entries(viewer: Viewer, spaces: Sequence[SpaceRow]) -> list[Entry]:
    """Return the topics of these spaces that moved last, with their opening text."""
    opening = Post.objects.filter(topic=OuterRef("pk"), number=1, state=State.VISIBLE).values("html")[:1]
    rows = (
        topics_visible_to(viewer)
        .filter(space_id__in=[space.id for space in spaces])
        .annotate(html=Subquery(opening))
        .order_by("-bumped_at", "-id")
        .values_list("id", "title", "html", "author__name", "created_at", "bumped_at", "accepted_post_id")[:ENTRIES]
    )
    return [
        Entry(pk, title, html or "", name, created, bumped, accepted is not None)
        for pk, title, html, name, created, bumped, accepted in rows
    ]


def sitemap_pages(viewer: Viewer) -> int:
    """Return how many parts the sitemap has, at least one."""
    count = topics_visible_to(viewer).aggregate(count=Count("pk"))["count"]
    return max(1, -(-count // SITEMAP))


def sitemap_topics(viewer: Viewer, page: int) -> list[tuple[int, datetime]]:
    """Return one part of the topics in the order of their ids: (id, last change)."""
    if page < 1:
        return []
    start = (page - 1) * SITEMAP
    return list(topics_visible_to(viewer).order_by("id").values_list("id", "bumped_at")[start : start + SITEMAP])
