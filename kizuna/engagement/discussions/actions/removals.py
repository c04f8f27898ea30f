"""Delete, hide, hold and bring back. Nothing is lost: a state for queries and a record of who, when and why."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import Refused, can_act, can_moderate, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions.visibility import (
    bring_back_post,
    bring_back_topic,
    take_away_post,
    take_away_topic,
)
from kizuna.engagement.discussions.models import Post, PostRemoval, State, Topic, TopicRemoval

RESTORABLE = (State.DELETED, State.HIDDEN)


@transaction.atomic
def delete_post(*, viewer: Viewer, post: Post, now: datetime) -> None:
    """Delete the viewer's own post; the opening post takes its topic along. `restore_post` is the undo."""
    topic, post = _locked(post)
    policies.require_delete(viewer, post)
    _remove(viewer, topic, post, state=State.DELETED, reason="", now=now)


@transaction.atomic
def hide_post(*, viewer: Viewer, post: Post, reason: str, now: datetime) -> None:
    """Hide a post as a moderator, with the reason its author reads; the opening post takes its topic along."""
    policies.require_moderate(viewer)
    if not reason.strip():
        raise Refused(_("Please say why; the author will read it."), field="reason", code="empty")
    topic, post = _locked(post)
    _remove(viewer, topic, post, state=State.HIDDEN, reason=reason.strip()[:500], now=now)


@transaction.atomic
def restore_post(*, viewer: Viewer, post: Post, now: datetime) -> None:
    """Bring back a removed post: its author what they deleted, a moderator anything. Again changes nothing."""
    topic, post = _locked(post)
    thing = topic if post.number == 1 else post
    if thing.state not in RESTORABLE:
        return
    _require_restore(viewer, author_id=post.author_id, state=thing.state)
    if post.number == 1:
        bring_back_topic(topic=topic)
        TopicRemoval.objects.filter(topic=topic, restored_at__isnull=True).update(
            restored_at=now, restored_by_id=viewer.member_id
        )
        _record(activities.TOPIC_RESTORED, viewer, "topic", topic.pk, {"space": topic.space_id}, now=now)
    else:
        bring_back_post(post=post, topic=topic)
        PostRemoval.objects.filter(post=post, restored_at__isnull=True).update(
            restored_at=now, restored_by_id=viewer.member_id
        )
        _record(activities.POST_RESTORED, viewer, "post", post.pk, {"topic": topic.pk}, now=now)
    bump_generation(CONTENT)


def _locked(post: Post) -> tuple[Topic, Post]:
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=post.topic_id)
    fresh = Post.objects.get(pk=post.pk)
    fresh.topic = topic
    return topic, fresh


def _remove(viewer: Viewer, topic: Topic, post: Post, *, state: str, reason: str, now: datetime) -> None:
    thing = topic if post.number == 1 else post
    if thing.state == state or thing.state == State.ERASED:
        return
    removal = {"removed_by_id": viewer.member_id, "removed_at": now, "state": state, "reason": reason}
    if post.number == 1:
        take_away_topic(topic=topic, state=state)
        TopicRemoval.objects.create(topic=topic, **removal)
        props = {"space": topic.space_id, "state": str(state)}
        _record(activities.TOPIC_REMOVED, viewer, "topic", topic.pk, props, now=now)
    else:
        take_away_post(post=post, topic=topic, state=state, by_id=viewer.member_id, now=now)
        PostRemoval.objects.create(post=post, **removal)
        _record(activities.POST_REMOVED, viewer, "post", post.pk, {"topic": topic.pk, "state": str(state)}, now=now)
    bump_generation(CONTENT)


def _require_restore(viewer: Viewer, *, author_id: int, state: str) -> None:
    require(can_act(viewer), policies.SIGN_IN)
    is_own = author_id == viewer.member_id and state == State.DELETED
    require(is_own or can_moderate(viewer), _("You cannot bring this post back."))


def _record(activity_type, viewer: Viewer, object_type: str, object_id: int, props: dict, *, now: datetime) -> None:
    record(activity_type, actor_id=viewer.member_id, object_type=object_type, object_id=object_id, at=now, props=props)
