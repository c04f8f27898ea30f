"""What follows for the inbox: questions and mentions come in, and whoever an inquiry concerns is told."""

from collections.abc import Sequence

from django.utils import timezone

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import RoleGrant
from kizuna.core.members.policies import MANAGERS
from kizuna.core.notifications.actions import notify
from kizuna.engagement.discussions import activities as discussions
from kizuna.engagement.discussions.models import Mention, Post, State, Topic
from kizuna.success.customers import policies as customers
from kizuna.success.inbox import actions, activities, notices, queries
from kizuna.success.inbox.models import Inquiry, InquiryMention, InquiryMessage
from kizuna.success.inbox.urgency import WORD
from kizuna.success.tasks.models import DepartmentMember


def take_question(*, activity: Activity) -> None:
    """Take in a question whose time with members is over, unless it was solved meanwhile."""
    topic = Topic.objects.filter(pk=activity.object_id or 0, accepted_post=None).first()
    if topic is not None:
        actions.take_question(topic=topic, now=activity.at, caused_by=activity)


def take_post(*, activity: Activity) -> None:
    """Let an inquiry follow its topic; take in what calls the team by name."""
    if activity.import_id is not None:
        return
    is_topic = activity.verb == discussions.TOPIC_POSTED.verb
    post_id = activity.props["post"] if is_topic else activity.object_id
    post = Post.objects.select_related("topic").filter(pk=post_id or 0, state=State.VISIBLE).first()
    if post is None:
        return
    called = _team_called(post) if activity.props.get("mentions") and not post.is_staff else []
    if called:
        actions.take_mention(post=post, member_ids=called, now=timezone.now(), caused_by=activity)
    if not is_topic:
        actions.go_on_with_post(post=post, now=timezone.now())


def close_solved(*, activity: Activity) -> None:
    """Close the inquiry of a question that is solved."""
    actions.close_solved(topic_id=activity.props["topic"], post_id=activity.object_id or 0, now=timezone.now())


def tell_arrived(*, activity: Activity) -> None:
    """Tell the owner of a new inquiry, or the whole team of an urgent one that nobody has."""
    if owner := activity.props.get("owner"):
        _tell(activity, notices.GIVEN.name, [owner])
    elif activity.props.get("urgency", 0) >= WORD:
        _tell(activity, notices.URGENT.name, _holders(customers.WORKERS))


def tell_given(*, activity: Activity) -> None:
    """Tell the new owner."""
    if "owner" in activity.props.get("fields", "").split(","):
        _tell(activity, notices.GIVEN.name, [activity.props.get("owner")])


def tell_noted(*, activity: Activity) -> None:
    """Tell the colleagues whom a note calls."""
    named = InquiryMention.objects.filter(message_id=activity.props.get("message") or 0)
    _tell(activity, notices.NOTED.name, list(named.values_list("member_id", flat=True)))


def tell_again(*, activity: Activity) -> None:
    """Tell the owner that the customer wrote again."""
    _tell(activity, notices.AGAIN.name, [activity.props.get("owner")], actor_id=None)


def tell_due(*, activity: Activity) -> None:
    """Tell the owner that it is due soon; where there is none, the whole team."""
    owner = activity.props.get("owner")
    _tell(activity, notices.DUE_SOON.name, [owner] if owner else _holders(customers.WORKERS), actor_id=None)


def tell_escalated(*, activity: Activity) -> None:
    """Tell managers that it will not be in time."""
    _tell(activity, notices.ESCALATED.name, _holders(MANAGERS), actor_id=None)


def tell_department(*, activity: Activity) -> None:
    """Tell the department that something lies with it."""
    _tell(activity, notices.HANDED.name, _seats(activity))


def tell_returned(*, activity: Activity) -> None:
    """Tell the owner, and whoever handed it over, that it came back with an answer."""
    if activity.props.get("is_answered"):
        _tell(activity, notices.RETURNED.name, [activity.props.get("owner"), activity.props.get("handed_by")])


def tell_late_back(*, activity: Activity) -> None:
    """Tell the department and the owner that it should be back soon."""
    _tell(activity, notices.LATE_BACK.name, [activity.props.get("owner"), *_seats(activity)], actor_id=None)


def tell_not_sent(*, activity: Activity) -> None:
    """Tell whoever wrote an answer, and the owner, that it could not be sent."""
    author = InquiryMessage.objects.filter(pk=activity.props.get("message") or 0).values_list("author_id", flat=True)
    _tell(activity, notices.NOT_SENT.name, [activity.props.get("owner"), *author], actor_id=None)


def tell_asker(*, activity: Activity) -> None:
    """Tell the member who asked by the form or the widget that there is an answer on their page."""
    asked = Inquiry.objects.filter(
        pk=activity.object_id or 0, channel__in=queries.OWN_CHANNELS, member__isnull=False
    ).first()
    if asked is not None:
        notify(
            recipients=[asked.member_id or 0],
            kind=notices.ANSWERED.name,
            activity=activity,
            target_type="own_inquiry",
            target_id=asked.pk,
        )


def _team_called(post: Post) -> list[int]:
    """Return those of the team whom a post calls, in the order of their joining the post."""
    team = RoleGrant.objects.filter(role__in=customers.WORKERS).values("member_id")
    called = Mention.objects.filter(post=post, member_id__in=team).order_by("pk")
    return list(called.values_list("member_id", flat=True))


def _holders(roles: frozenset[str]) -> list[int]:
    grants = RoleGrant.objects.filter(role__in=roles, member__is_system=False)
    return list(grants.values_list("member_id", flat=True).distinct())


def _seats(activity: Activity) -> list[int]:
    seats = DepartmentMember.objects.filter(department_id=activity.props.get("department") or 0)
    return list(seats.values_list("member_id", flat=True))


def _tell(activity: Activity, kind: str, whom: Sequence[int | None], *, actor_id: int | None = -1) -> None:
    notify(
        recipients=[member_id for member_id in whom if member_id],
        kind=kind,
        activity=activity,
        actor_id=activity.actor_id if actor_id == -1 else actor_id,
        target_type="inquiry",
        target_id=activity.object_id or 0,
    )


QUESTION = Consumer("take_question_in", (discussions.TOPIC_REACHED_STAFF,), take_question)
POSTS = Consumer("take_post_in", (discussions.TOPIC_POSTED, discussions.POST_REPLIED), take_post)
SOLVED = Consumer("close_solved_inquiry", (discussions.ANSWER_ACCEPTED,), close_solved)
ARRIVED = Consumer("tell_of_inquiry", (activities.INQUIRY_OPENED,), tell_arrived)
GIVEN = Consumer("tell_owner_of_inquiry", (activities.INQUIRY_CHANGED,), tell_given)
NOTED = Consumer("tell_called_in_note", (activities.INQUIRY_NOTED,), tell_noted)
AGAIN = Consumer("tell_of_message", (activities.INQUIRY_RECEIVED,), tell_again)
DUE = Consumer("tell_of_due_inquiry", (activities.INQUIRY_DUE_SOON,), tell_due)
ESCALATED = Consumer("tell_managers_of_inquiry", (activities.INQUIRY_ESCALATED,), tell_escalated)
HANDED = Consumer("tell_department_of_inquiry", (activities.INQUIRY_HANDED,), tell_department)
RETURNED = Consumer("tell_of_returned_inquiry", (activities.INQUIRY_RETURNED,), tell_returned)
LATE_BACK = Consumer("tell_of_late_department", (activities.INQUIRY_LATE_BACK,), tell_late_back)
NOT_SENT = Consumer("tell_of_unsent_answer", (activities.INQUIRY_NOT_SENT,), tell_not_sent)
ASKER = Consumer("tell_asker_of_answer", (activities.INQUIRY_REPLIED,), tell_asker)
