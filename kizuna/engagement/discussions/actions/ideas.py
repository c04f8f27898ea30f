"""Votes for ideas, and what becomes of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import (
    IdeaStatus,
    IdeaStatusChange,
    IdeaVote,
    Space,
    State,
    Topic,
)

DONE = (IdeaStatus.SHIPPED, IdeaStatus.DECLINED)


@transaction.atomic
def vote_idea(*, viewer: Viewer, topic: Topic, now: datetime) -> int:
    """Vote for an idea, once, and return its votes."""
    topic = _locked_idea(viewer, topic)
    require(not topic.is_closed and topic.idea_status not in DONE, _("This idea takes no more votes."))
    if not IdeaVote.objects.filter(topic=topic, member_id=viewer.member_id).exists():
        IdeaVote.objects.create(topic=topic, member_id=viewer.member_id, created_at=now)
        _count(viewer, topic, 1, now=now)
    return topic.vote_count


@transaction.atomic
def withdraw_vote(*, viewer: Viewer, topic: Topic, now: datetime) -> int:
    """Take the viewer's vote back and return the votes left."""
    topic = _locked_idea(viewer, topic)
    if IdeaVote.objects.filter(topic=topic, member_id=viewer.member_id).delete()[0]:
        _count(viewer, topic, -1, now=now)
    return topic.vote_count


@transaction.atomic
def change_idea_status(*, viewer: Viewer, topic: Topic, status: str, now: datetime, note: str = "") -> None:
    """Say where an idea stands, with a word to those who wait. The same status and no word change nothing."""
    require(policies.can_change_idea_status(viewer, topic), _("Only the team can change the status of an idea."))
    if status not in IdeaStatus:
        raise Refused(_("Please choose from the list."), field="status")
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    note = note.strip()[:500]
    if status == IdeaStatus.DECLINED and not note:
        raise Refused(_("Please give the reason; everybody who voted will read it."), field="note", code="empty")
    if topic.idea_status == status and not note:
        return
    IdeaStatusChange.objects.create(
        topic=topic, status=status, note=note, changed_by_id=viewer.member_id, changed_at=now
    )
    Topic.objects.filter(pk=topic.pk).update(idea_status=status, row_version=stale())
    record(
        activities.IDEA_STATUS_CHANGED,
        actor_id=viewer.member_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"status": str(status), "before": topic.idea_status},
    )
    bump_generation(CONTENT)


def _locked_idea(viewer: Viewer, topic: Topic) -> Topic:
    require(can_act(viewer), policies.SIGN_IN)
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)
    is_idea = topic.space.kind == Space.Kind.IDEA and topic.state == State.VISIBLE
    require(is_idea and not topic.space.is_archived, _("Only ideas take votes."))
    return topic


def _count(viewer: Viewer, topic: Topic, change: int, *, now: datetime) -> None:
    topic.vote_count += change
    Topic.objects.filter(pk=topic.pk).update(vote_count=F("vote_count") + change, row_version=stale())
    indexing.reindex_topic(topic_id=topic.pk)
    record(
        activities.IDEA_VOTED if change > 0 else activities.IDEA_VOTE_WITHDRAWN,
        actor_id=viewer.member_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"space": topic.space_id},
    )
    bump_generation(CONTENT)
