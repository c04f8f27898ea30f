"""Ask whether it is solved, and keep every answer: later measurement needs the history."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community import queries as community
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions.acceptance import accept_answer
from kizuna.engagement.discussions.actions.topics import tell_staff
from kizuna.engagement.discussions.models import Post, SolvedCheck, Space, State, Topic

# Older silence is history: nobody is asked about last year's question.
LOOK_BACK = timedelta(days=30)
BATCH = 200


@transaction.atomic
def answer_solved_check(
    *,
    viewer: Viewer,
    topic: Topic,
    is_solved: bool,
    now: datetime,
    post: Post | None = None,
    visitor_key: str = "",
) -> SolvedCheck:
    """Keep what a reader says of a question or one of its answers; the last word of each reader counts.

    The asker's yes to an answer accepts it; their no takes an unsolved question to staff.
    """
    if viewer.is_view_as or not (viewer.is_member or visitor_key):
        raise Refused(policies.SIGN_IN)
    if topic.space.kind != Space.Kind.QUESTION or (post is not None and post.topic_id != topic.pk):
        raise Refused(_("Please choose an answer of this question."), field="post")
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=topic.pk)
    check = _kept(viewer, topic, post, visitor_key, is_solved=is_solved, now=now)
    record(
        activities.SOLVED_ANSWERED,
        actor_id=viewer.member_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"is_solved": is_solved, "place": str(check.place), "post": post.pk if post else None},
    )
    if viewer.is_member and viewer.member_id == topic.author_id and topic.accepted_post_id is None:
        _follow_the_asker(viewer, topic, post, is_solved=is_solved, now=now)
    return check


def _kept(
    viewer: Viewer, topic: Topic, post: Post | None, visitor_key: str, *, is_solved: bool, now: datetime
) -> SolvedCheck:
    who = {"member_id": viewer.member_id} if viewer.is_member else {"member": None, "visitor_key": visitor_key[:32]}
    asked = SolvedCheck.objects.filter(topic=topic, place=SolvedCheck.Place.SILENCE, is_solved__isnull=True, **who)
    check = asked.first() or SolvedCheck.objects.filter(topic=topic, post=post, **who).first()
    if check is None:
        place = SolvedCheck.Place.ANSWER
        check = SolvedCheck(topic=topic, place=place, asked_at=now, **who)
    check.post, check.is_solved, check.answered_at = post, is_solved, now
    check.save()
    return check


def _follow_the_asker(viewer: Viewer, topic: Topic, post: Post | None, *, is_solved: bool, now: datetime) -> None:
    if is_solved and post is not None and post.number > 1:
        accept_answer(viewer=viewer, topic=topic, post=post, now=now)
    elif not is_solved and topic.staff_told_at is None and not topic.is_closed:
        Topic.objects.filter(pk=topic.pk).update(staff_at=now)
        tell_staff(topic=topic, now=now)


def ask_after_silence(*, now: datetime) -> int:
    """Ask the askers of answered questions that fell silent unsolved, once each, and return how many."""
    quiet_since = now - timedelta(days=community.setting(keys.SOLVED_CHECK_DAYS))
    asked = SolvedCheck.objects.filter(topic=OuterRef("pk"), place=SolvedCheck.Place.SILENCE)
    silent = Topic.objects.filter(
        ~Exists(asked),
        space__kind=Space.Kind.QUESTION,
        state=State.VISIBLE,
        accepted_post__isnull=True,
        is_closed=False,
        import_id__isnull=True,
        first_reply_at__isnull=False,
        bumped_at__lte=quiet_since,
        bumped_at__gt=quiet_since - LOOK_BACK,
    )
    topics = list(silent.order_by("bumped_at")[:BATCH])
    for topic in topics:
        _ask(topic, now=now)
    return len(topics)


@transaction.atomic
def _ask(topic: Topic, *, now: datetime) -> None:
    Topic.objects.select_for_update().get(pk=topic.pk)
    if SolvedCheck.objects.filter(topic=topic, place=SolvedCheck.Place.SILENCE).exists():
        return
    SolvedCheck.objects.create(topic=topic, member_id=topic.author_id, place=SolvedCheck.Place.SILENCE, asked_at=now)
    record(activities.SOLVED_ASKED, actor_id=None, object_type="topic", object_id=topic.pk, at=now)
