"""Move, close and pin topics."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.activity.types import ActivityType
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import audiences
from kizuna.engagement.discussions.actions.acceptance import end_acceptance
from kizuna.engagement.discussions.actions.counting import count_in_space
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import (
    IdeaStatus,
    Space,
    State,
    Topic,
    TopicClosure,
    TopicMove,
    TopicPin,
)


@transaction.atomic
def move_topic(*, viewer: Viewer, topic: Topic, space: Space, now: datetime) -> None:
    """Put a topic with its posts into another space, under that space's audience."""
    policies.require_arrange(viewer)
    require(space.audience_id in viewer.audience_ids and not space.is_archived, _("You cannot move it there."))
    topic = _locked(topic)
    before = topic.space
    if before.pk == space.pk:
        return
    if space.kind != Space.Kind.QUESTION:
        end_acceptance(topic=topic, ended_by_id=viewer.member_id, now=now)
    topic.idea_status = (topic.idea_status or IdeaStatus.RECEIVED) if space.kind == Space.Kind.IDEA else ""
    Topic.objects.filter(pk=topic.pk).update(space=space, idea_status=topic.idea_status, row_version=stale())
    if topic.state == State.VISIBLE:
        count_in_space(space_id=before.pk, topic=topic, change=-1)
        count_in_space(space_id=space.pk, topic=topic, change=1)
    audiences.give_topic_the_audience_of(space=space, topic=topic)
    TopicMove.objects.create(topic=topic, from_space=before, to_space=space, moved_by_id=viewer.member_id, moved_at=now)
    props = {"from_space": before.pk, "to_space": space.pk}
    _tell(activities.TOPIC_MOVED, viewer, topic, now=now, props=props)


@transaction.atomic
def close_topic(*, viewer: Viewer, topic: Topic, now: datetime, reason: str = "") -> None:
    """Take no more replies. Closing a closed topic changes nothing."""
    policies.require_arrange(viewer)
    topic = _locked(topic)
    if topic.is_closed:
        return
    TopicClosure.objects.create(topic=topic, closed_by_id=viewer.member_id, closed_at=now, reason=reason.strip()[:500])
    Topic.objects.filter(pk=topic.pk).update(is_closed=True, staff_at=None, row_version=stale())
    _tell(activities.TOPIC_CLOSED, viewer, topic, now=now)


@transaction.atomic
def reopen_topic(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Take replies again."""
    policies.require_arrange(viewer)
    topic = _locked(topic)
    if not topic.is_closed:
        return
    TopicClosure.objects.filter(topic=topic).delete()
    Topic.objects.filter(pk=topic.pk).update(is_closed=False, row_version=stale())
    _tell(activities.TOPIC_REOPENED, viewer, topic, now=now)


@transaction.atomic
def pin_topic(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Keep a topic at the head of its space."""
    policies.require_arrange(viewer)
    topic = _locked(topic)
    if topic.is_pinned:
        return
    TopicPin.objects.create(topic=topic, pinned_by_id=viewer.member_id, pinned_at=now)
    Topic.objects.filter(pk=topic.pk).update(is_pinned=True, row_version=stale())
    _tell(activities.TOPIC_PINNED, viewer, topic, now=now)


@transaction.atomic
def unpin_topic(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Let a topic sink again."""
    policies.require_arrange(viewer)
    topic = _locked(topic)
    if not topic.is_pinned:
        return
    TopicPin.objects.filter(topic=topic).delete()
    Topic.objects.filter(pk=topic.pk).update(is_pinned=False, row_version=stale())
    _tell(activities.TOPIC_UNPINNED, viewer, topic, now=now)


def _locked(topic: Topic) -> Topic:
    return Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)


def _tell(
    activity_type: ActivityType, viewer: Viewer, topic: Topic, *, now: datetime, props: dict[str, Any] | None = None
) -> None:
    record(activity_type, actor_id=viewer.member_id, object_type="topic", object_id=topic.pk, at=now, props=props or {})
    bump_generation(CONTENT)
