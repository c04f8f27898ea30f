"""What the home page asks of discussions."""

from dataclasses import dataclass

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Post, Space, State, Topic
from kizuna.engagement.discussions.queries import lists
from kizuna.engagement.discussions.queries.visible import topics_visible_to


@dataclass(frozen=True)
class Needed:
    """Questions that this member may know the answer to, of how many, and the tags they know."""

    topics: list[Topic]
    count: int
    tags: list[str]


def needed(viewer: Viewer, *, limit: int) -> Needed:
    """Return the newest questions that wait for this member."""
    waiting = lists.answers_needed(viewer).select_related("author")
    topics = list(waiting[: limit + 1])
    count = len(topics) if len(topics) <= limit else waiting.count()
    tags = list(lists.known_tags(viewer.member_id or 0).values_list("name", flat=True)) if topics else []
    return Needed(topics[:limit], count, tags)


def face_of(viewer: Viewer) -> Member | None:
    """Return what draws the reader's own picture."""
    return Member.objects.only("name", "hue", "avatar_key").filter(pk=viewer.member_id).first()


def newest_announcement(viewer: Viewer) -> Topic | None:
    """Return the announcement that stands on top: a pinned one, else the newest."""
    news = topics_visible_to(viewer).filter(
        space__kind=Space.Kind.ANNOUNCEMENT, space__is_archived=False, state=State.VISIBLE
    )
    return news.order_by("-is_pinned", "-created_at", "-id").first()


def opening_html(topic: Topic) -> str:
    """Return the text of a topic that is known to be visible."""
    opening = Post.objects.filter(topic=topic, number=1, state=State.VISIBLE).values_list("html", flat=True)
    return opening.first() or ""
