"""Say which answer solved a question."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.counting import count_for_author
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, State, Topic


@transaction.atomic
def accept_answer(*, viewer: Viewer, topic: Topic, post: Post, now: datetime) -> AcceptedAnswer:
    """Accept a post as the solution of its question. The same one again changes nothing; another one takes its place."""
    policies.require_accept(viewer, topic)
    if post.topic_id != topic.pk or post.number == 1 or post.state != State.VISIBLE:
        raise Refused(_("Please choose an answer of this question."), field="post")
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)
    current = AcceptedAnswer.objects.select_related("post").filter(topic=topic, ended_at__isnull=True).first()
    if current is not None and current.post_id == post.pk:
        return current
    if current is not None:
        _end(topic, current, ended_by_id=viewer.member_id, now=now)
    accepted = AcceptedAnswer.objects.create(
        topic=topic,
        post=post,
        accepted_by_id=viewer.member_id,
        accepted_at=now,
        seconds_to_solve=max(0, int((now - topic.created_at).total_seconds())),
    )
    _show(topic, post_id=post.pk, solved_at=now)
    if post.author_id != topic.author_id:
        count_for_author(post=post, topic=topic, accepted_count=1)
    record(
        activities.ANSWER_ACCEPTED,
        actor_id=viewer.member_id,
        object_type="post",
        object_id=post.pk,
        at=now,
        props={
            "topic": topic.pk,
            "answerer": post.author_id,
            "asker": topic.author_id,
            "seconds_to_solve": accepted.seconds_to_solve,
            "by_staff": viewer.member_id != topic.author_id,
        },
    )
    bump_generation(CONTENT)
    return accepted


@transaction.atomic
def withdraw_answer(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Take back the acceptance: the question is open again. Nothing happens when there is none."""
    policies.require_accept(viewer, topic)
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)
    end_acceptance(topic=topic, ended_by_id=viewer.member_id, now=now)


def end_acceptance(*, topic: Topic, ended_by_id: int | None, now: datetime) -> bool:
    """End the acceptance of a locked topic, if there is one, and say whether there was."""
    current = AcceptedAnswer.objects.select_related("post").filter(topic=topic, ended_at__isnull=True).first()
    if current is None:
        return False
    _end(topic, current, ended_by_id=ended_by_id, now=now)
    _show(topic, post_id=None, solved_at=None)
    bump_generation(CONTENT)
    return True


def _end(topic: Topic, accepted: AcceptedAnswer, *, ended_by_id: int | None, now: datetime) -> None:
    AcceptedAnswer.objects.filter(pk=accepted.pk).update(ended_at=now, ended_by_id=ended_by_id)
    Post.objects.filter(pk=accepted.post_id).update(fragment_version=stale())
    if accepted.post.author_id != topic.author_id:
        count_for_author(post=accepted.post, topic=topic, accepted_count=-1)
    record(
        activities.ANSWER_WITHDRAWN,
        actor_id=ended_by_id,
        object_type="post",
        object_id=accepted.post_id,
        at=now,
        props={"topic": topic.pk, "answerer": accepted.post.author_id},
    )


def _show(topic: Topic, *, post_id: int | None, solved_at: datetime | None) -> None:
    """Put the solution on the topic's row, its posts' fragments and its search rows."""
    before = topic.accepted_post_id
    topic.accepted_post_id, topic.solved_at = post_id, solved_at
    changes: dict[str, object] = {"accepted_post_id": post_id, "solved_at": solved_at, "row_version": stale()}
    if post_id is not None:
        changes["staff_at"] = None
    Topic.objects.filter(pk=topic.pk).update(**changes)
    touched = [pk for pk in (before, post_id) if pk is not None]
    Post.objects.filter(pk__in=touched).update(fragment_version=stale())
    indexing.reindex_topic(topic_id=topic.pk, post_ids=touched)
