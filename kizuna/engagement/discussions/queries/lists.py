"""Lists of one person: open questions, what they follow, keep, began to write and wrote."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kizuna.core.members.policies import can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import (
    Bookmark,
    Draft,
    Follow,
    Post,
    PostRevision,
    Space,
    State,
    Topic,
)
from kizuna.engagement.discussions.queries.visible import posts_visible_to, topics_visible_to


def topics_of(viewer: Viewer, space: Space) -> QuerySet[Topic]:
    """Return the topics of a space, pinned ones first, then the liveliest."""
    return topics_visible_to(viewer).filter(space=space).order_by("-is_pinned", "-bumped_at", "-id")


def unanswered_questions(viewer: Viewer, *, older_than: datetime | None = None) -> QuerySet[Topic]:
    """Return open questions that nobody but the asker wrote on, the newest first."""
    waiting = topics_visible_to(viewer).filter(
        space__kind=Space.Kind.QUESTION, first_reply_at__isnull=True, accepted_post__isnull=True, is_closed=False
    )
    if older_than is not None:
        waiting = waiting.filter(created_at__lt=older_than)
    return waiting.filter(state=State.VISIBLE).order_by("-created_at", "-id")


def followed_topics(viewer: Viewer) -> QuerySet[Topic]:
    """Return the topics this member follows, the liveliest first."""
    followed = Follow.objects.filter(member_id=viewer.member_id, is_muted=False, topic_id=OuterRef("pk"))
    return topics_visible_to(viewer).filter(Exists(followed)).order_by("-bumped_at", "-id")


def bookmarked_posts(viewer: Viewer) -> QuerySet[Post]:
    """Return the posts this member keeps, the latest kept first, as long as they may see them."""
    kept = Bookmark.objects.filter(member_id=viewer.member_id, post_id=OuterRef("pk"))
    posts = posts_visible_to(viewer).filter(Exists(kept)).select_related("topic", "author")
    return posts.annotate(kept_at=kept.values("created_at")[:1]).order_by("-kept_at", "-id")


def drafts_of(viewer: Viewer) -> QuerySet[Draft]:
    """Return what this member began to write, the latest first."""
    return Draft.objects.filter(member_id=viewer.member_id).order_by("-saved_at", "-id")


def draft_for(viewer: Viewer, context: str) -> Draft | None:
    """Return what this member began to write in one place."""
    return Draft.objects.filter(member_id=viewer.member_id, context=context).first() if viewer.is_member else None


def contributions_of(viewer: Viewer, member_id: int) -> QuerySet[Post]:
    """Return a member's posts that the viewer may read, the newest first, opening posts included."""
    mine = posts_visible_to(viewer).filter(author_id=member_id, state=State.VISIBLE)
    return mine.select_related("topic__space").order_by("-created_at", "-id")


def held_posts(viewer: Viewer) -> QuerySet[Post]:
    """Return what waits for a moderator, the oldest first: replies that wait, opening posts of topics that wait."""
    if not can_moderate(viewer):
        return Post.objects.none()
    seen = posts_visible_to(viewer).select_related("topic__space", "author")
    replies = seen.filter(state=State.HELD)
    return (replies | seen.filter(number=1, topic__state=State.HELD)).order_by("created_at", "id")


def revisions_of(viewer: Viewer, post: Post) -> QuerySet[PostRevision]:
    """Return earlier words of a post the viewer sees, the latest first: to its author and moderators."""
    if viewer.member_id != post.author_id and not can_moderate(viewer):
        return PostRevision.objects.none()
    return PostRevision.objects.filter(post=post).select_related("edited_by").order_by("-edited_at", "-id")
