"""What follows in discussions: people are told, and what members know is counted."""

from datetime import datetime

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.notifications.actions import notify
from kizuna.engagement.discussions import activities, notices
from kizuna.engagement.discussions.actions.answering import count_answer, count_solution
from kizuna.engagement.discussions.models import Post, Space, State, Topic
from kizuna.engagement.discussions.queries import recipients


def tell_followers(*, activity: Activity) -> None:
    """Tell those whom a post calls by name, then those who follow its topic; each is told once, the nearer reason first."""
    if activity.verb == activities.TOPIC_POSTED.verb:
        post_id, topic_id = activity.props["post"], activity.object_id
    else:
        post_id, topic_id = activity.object_id, activity.props["topic"]
    if activity.props.get("mentions"):
        called = recipients.without_muted(recipients.mentioned_in(post_id), topic_id=topic_id)
        _tell(activity, called, notices.MENTIONED.name, post_id=post_id, topic_id=topic_id)
    if activity.verb == activities.POST_REPLIED.verb:
        followers = recipients.followers_of(topic_id)
        _tell(activity, followers, notices.REPLIED.name, post_id=post_id, topic_id=topic_id)


def tell_newly_mentioned(*, activity: Activity) -> None:
    """Tell those whom only the edited words call by name."""
    called = recipients.mentioned_in(activity.object_id)
    new = [member_id for member_id, since in called.items() if _is_new(since, activity.at)]
    topic_id = activity.props["topic"]
    new = recipients.without_muted(new, topic_id=topic_id)
    _tell(activity, new, notices.MENTIONED.name, post_id=activity.object_id, topic_id=topic_id)


def tell_of_solution(*, activity: Activity) -> None:
    """Tell the answerer that their answer was accepted, and the followers that the question is solved."""
    topic_id, answerer = activity.props["topic"], activity.props["answerer"]
    _tell(activity, [answerer], notices.ACCEPTED.name, post_id=activity.object_id, topic_id=topic_id)
    followers = set(recipients.followers_of(topic_id)) - {answerer}
    _tell(activity, followers, notices.SOLVED.name, post_id=activity.object_id, topic_id=topic_id)


def tell_staff(*, activity: Activity) -> None:
    """Tell the team of a question that has reached it, unless it was solved meanwhile."""
    topic = Topic.objects.filter(pk=activity.object_id, state=State.VISIBLE, accepted_post__isnull=True).first()
    if topic is not None:
        team = recipients.holders_of(recipients.TEAM)
        props = {"urgency": activity.props["urgency"]}
        _tell_of_topic(activity, team, notices.REACHED_STAFF_TEXT.name, props=props)


def tell_asker(*, activity: Activity) -> None:
    """Ask the asker whether it is solved."""
    topic = Topic.objects.filter(pk=activity.object_id, accepted_post__isnull=True).first()
    if topic is not None:
        _tell_of_topic(
            activity, recipients.without_muted([topic.author_id], topic_id=topic.pk), notices.SOLVED_ASKED.name
        )


def tell_voters(*, activity: Activity) -> None:
    """Tell those who voted for an idea, and those who follow it, where it stands."""
    topic_id = activity.object_id
    waiting = {*recipients.voters_of(topic_id), *recipients.followers_of(topic_id)}
    waiting = recipients.without_muted(waiting, topic_id=topic_id)
    _tell_of_topic(activity, waiting, notices.STATUS_CHANGED.name, props={"status": activity.props["status"]})


def tell_author_of_reaction(*, activity: Activity) -> None:
    """Tell an author of a reaction."""
    topic_id = activity.props["topic"]
    author = recipients.without_muted([activity.props["author"]], topic_id=topic_id)
    notify(
        recipients=author,
        kind=notices.REACTED.name,
        activity=activity,
        target_type="post",
        target_id=activity.object_id,
        actor_id=activity.actor_id,
        group_key=f"post:{activity.object_id}",
        props={"word": activity.props["word"]},
    )


def tell_moderators(*, activity: Activity) -> None:
    """Tell moderators of a post or topic that waits for them."""
    notify(
        recipients=recipients.holders_of(recipients.MODERATORS),
        kind=notices.HELD.name,
        activity=activity,
        target_type=activity.object_type,
        target_id=activity.object_id,
        group_key=f"{activity.object_type}:{activity.object_id}",
    )


def tell_released(*, activity: Activity) -> None:
    """Tell an author that what waited can now be seen."""
    model = Topic if activity.object_type == "topic" else Post
    notify(
        recipients=model.objects.filter(pk=activity.object_id).values_list("author_id", flat=True),
        kind=notices.RELEASED.name,
        activity=activity,
        target_type=activity.object_type,
        target_id=activity.object_id,
        group_key=f"{activity.object_type}:{activity.object_id}",
    )


def count_what_members_know(*, activity: Activity) -> None:
    """Keep under which tags members answer and solve questions."""
    if activity.verb == activities.POST_REPLIED.verb:
        if activity.props["kind"] == Space.Kind.QUESTION:
            _count_answer(activity)
        return
    topic = Topic.objects.filter(pk=activity.props["topic"]).first()
    answerer = activity.props["answerer"]
    if topic is not None and answerer != topic.author_id:
        change = 1 if activity.verb == activities.ANSWER_ACCEPTED.verb else -1
        count_solution(member_id=answerer, topic_id=topic.pk, change=change)


def _count_answer(activity: Activity) -> None:
    topic = Topic.objects.filter(pk=activity.props["topic"]).first()
    if topic is not None and activity.actor_id not in (None, topic.author_id):
        count_answer(member_id=activity.actor_id, topic_id=topic.pk)


def _tell(activity: Activity, member_ids, kind: str, *, post_id: int, topic_id: int) -> None:
    notify(
        recipients=member_ids,
        kind=kind,
        activity=activity,
        target_type="post",
        target_id=post_id,
        actor_id=activity.actor_id,
        group_key=f"topic:{topic_id}",
    )


def _tell_of_topic(activity: Activity, member_ids, kind: str, *, props: dict | None = None) -> None:
    notify(
        recipients=member_ids,
        kind=kind,
        activity=activity,
        target_type="topic",
        target_id=activity.object_id,
        actor_id=activity.actor_id,
        group_key=f"topic:{activity.object_id}",
        props=props,
    )


def _is_new(since: object, at: datetime) -> bool:
    return isinstance(since, datetime) and since >= at


FOLLOWERS = Consumer("discussions.tell_followers", (activities.TOPIC_POSTED, activities.POST_REPLIED), tell_followers)
NEWLY_MENTIONED = Consumer("discussions.tell_newly_mentioned", (activities.POST_EDITED,), tell_newly_mentioned)
SOLUTION = Consumer("discussions.tell_of_solution", (activities.ANSWER_ACCEPTED,), tell_of_solution)
STAFF = Consumer("discussions.tell_staff", (activities.TOPIC_REACHED_STAFF,), tell_staff)
ASKER = Consumer("discussions.tell_asker", (activities.SOLVED_ASKED,), tell_asker)
VOTERS = Consumer("discussions.tell_voters", (activities.IDEA_STATUS_CHANGED,), tell_voters)
REACTION = Consumer("discussions.tell_author_of_reaction", (activities.REACTION_GIVEN,), tell_author_of_reaction)
MODERATORS = Consumer("discussions.tell_moderators", (activities.TOPIC_HELD, activities.POST_HELD), tell_moderators)
RELEASED = Consumer("discussions.tell_released", (activities.TOPIC_RELEASED, activities.POST_RELEASED), tell_released)
KNOWLEDGE = Consumer(
    "discussions.count_what_members_know",
    (activities.POST_REPLIED, activities.ANSWER_ACCEPTED, activities.ANSWER_WITHDRAWN),
    count_what_members_know,
)
