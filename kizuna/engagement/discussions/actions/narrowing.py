"""Say who of those in its space may read a topic."""

from datetime import datetime

from django.db import transaction

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions.audiences import follow_own_audience
from kizuna.engagement.discussions.actions.counting import count_in_space
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import State, Topic


@transaction.atomic
def change_topic_audience(*, viewer: Viewer, topic: Topic, audience_id: int | None, now: datetime) -> None:
    """Let only this audience read a topic, as far as they may enter its space; None lets in everybody there.

    Its posts, search rows and files follow at once.
    """
    policies.require_narrow(viewer, topic)
    if audience_id is not None:
        policies.require_own_audience(viewer, audience_id, is_private=topic.urgency == Topic.Urgency.PRIVATE)
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)
    before = topic.own_audience_id
    if before == audience_id:
        return
    if topic.state == State.VISIBLE:
        count_in_space(space_id=topic.space_id, topic=topic, change=-1)
    Topic.objects.filter(pk=topic.pk).update(own_audience_id=audience_id, row_version=stale())
    follow_own_audience(topic=topic)
    if topic.state == State.VISIBLE:
        count_in_space(space_id=topic.space_id, topic=Topic.objects.get(pk=topic.pk), change=1)
    _tell(viewer, topic, before, audience_id, now=now)


def _tell(viewer: Viewer, topic: Topic, before: int | None, after: int | None, *, now: datetime) -> None:
    log_manager_action(
        "topic.audience_changed",
        member_id=viewer.member_id,
        subject=f"topic:{topic.pk}",
        before={"audience_id": before},
        after={"audience_id": after},
        now=now,
    )
    record(
        activities.TOPIC_AUDIENCE_CHANGED,
        actor_id=viewer.member_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"before": before, "after": after},
    )
    bump_generation(CONTENT)
