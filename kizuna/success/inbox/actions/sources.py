"""What becomes an inquiry besides mail and forms: questions, mentions, missed calls; and what the community then says."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuna.core.activity.models import Activity
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.actions import system_viewer
from kizuna.engagement.discussions.models import Mention, Post, State, Topic
from kizuna.success.inbox import dues
from kizuna.success.inbox.actions.closing import end
from kizuna.success.inbox.actions.receiving import Arrival, Received, receive
from kizuna.success.inbox.actions.working import assign
from kizuna.success.inbox.actions.writing import locked, log, touch_message
from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryMessage

TOPIC, POST = "topic", "post"
Channel = Inquiry.Channel


def take_question(*, topic: Topic, now: datetime, caused_by: Activity | None = None) -> Received | None:
    """Take in a question that members have not answered in their time."""
    first = topic.posts.filter(number=1).first()
    if first is None or topic.state != State.VISIBLE:
        return None
    arrival = Arrival(
        channel=Channel.QUESTION,
        title=topic.title,
        body=first.body,
        received_at=now,
        member_id=topic.author_id,
        urgent=topic.urgency != Topic.Urgency.NORMAL,
        source_type=TOPIC,
        source_id=topic.pk,
        caused_by=caused_by,
    )
    return receive(arrival=arrival, now=now)


@transaction.atomic
def take_mention(
    *, post: Post, member_ids: list[int], now: datetime, caused_by: Activity | None = None
) -> Received | None:
    """Take in a post that calls somebody of the team by name; the first named becomes the owner.

    Whoever calls again in the same topic goes on with what is still open of them there.
    """
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=post.topic_id)  # two such replies come one by one
    going_on = _open_with(post.author_id, topic=topic)
    # One that cannot wait for members has reached the team before this is heard: it must not come in a second time.
    is_question = post.number == 1 and (topic.staff_at is not None or topic.staff_told_at is not None)
    arrival = Arrival(
        channel=Channel.QUESTION if is_question else Channel.MENTION,
        title=topic.title,
        body=post.body,
        received_at=post.created_at,
        member_id=post.author_id,
        urgent=is_question and topic.urgency != Topic.Urgency.NORMAL,
        external_id=f"post:{post.pk}",
        continues=going_on.pk if going_on else None,
        source_type=TOPIC if is_question else POST,
        source_id=topic.pk if is_question else post.pk,
        caused_by=caused_by,
    )
    received = receive(arrival=arrival, now=now)
    if received.is_new and received.inquiry.owner_id is None and member_ids:
        assign(viewer=system_viewer(), inquiry=received.inquiry, owner_id=member_ids[0], now=now, caused_by=caused_by)
    return received


def _open_with(member_id: int, *, topic: Topic) -> Inquiry | None:
    """Return the inquiry of a member in a topic: that of their question, or of a call by name that is still open."""
    if own := Inquiry.objects.filter(source_type=TOPIC, source_id=topic.pk, member_id=member_id).first():
        return own
    posts = Post.objects.filter(topic=topic, author_id=member_id).values("pk")
    called = Inquiry.objects.filter(source_type=POST, source_id__in=posts, member_id=member_id)
    return called.exclude(state=Inquiry.State.CLOSED).order_by("pk").first()


@transaction.atomic
def note_missed_call(
    *, phone: str, at: datetime, now: datetime, call_id: str = "", said: str = "", contact_id: int | None = None,
    account_id: int | None = None, continues: int | None = None, count: int = 1,
) -> Received:  # fmt: skip
    """Take in a call that nobody took; `said` is what was left on the machine. `count` calls lie under `continues` then.

    The number stands with the sender and not in the title, so that only those read it who see telephones.
    """
    with override(str(community.setting(keys.DEFAULT_LANGUAGE))):
        title = _("Missed call") if phone else _("Missed call, number withheld")
        if count > 1:
            title = _("%(count)d missed calls") % {"count": count}
    arrival = Arrival(
        channel=Channel.MISSED,
        title=title,
        body=said,
        received_at=at,
        sender=phone,
        external_id=f"call:{call_id}" if call_id else "",
        contact_id=contact_id,
        account_id=account_id,
        continues=continues,
    )
    received = receive(arrival=arrival, now=now)
    if count > 1 and received.is_new:
        Inquiry.objects.filter(pk=received.inquiry.pk).update(title=title)
        received.inquiry.title = title
    return received


def go_on_with_post(*, post: Post, now: datetime) -> None:
    """Let the inquiries of a topic follow a reply there: the asker wrote again, or somebody of the team answered."""
    for inquiry in _followed_by(post):
        if not InquiryMessage.objects.filter(inquiry=inquiry, external_id=f"post:{post.pk}").exists():
            _go_on(inquiry, post, now=now)


def _followed_by(post: Post) -> list[Inquiry]:
    """Return the inquiry of the topic, and the calls by name there that a reply of the team answers."""
    inquiries = list(Inquiry.objects.filter(source_type=TOPIC, source_id=post.topic_id)[:1])
    if not post.is_staff:
        return inquiries
    answered = set(Mention.objects.filter(post=post).values_list("member_id", flat=True))
    if post.reply_to is not None:
        answered.add(post.reply_to.author_id)
    posts = Post.objects.filter(topic_id=post.topic_id).values("pk")
    called = Inquiry.objects.filter(source_type=POST, source_id__in=posts).exclude(state=Inquiry.State.CLOSED)
    return inquiries + list(called.filter(Q(owner_id=post.author_id) | Q(member_id__in=answered)).order_by("pk"))


def _go_on(inquiry: Inquiry, post: Post, *, now: datetime) -> None:
    if post.author_id == inquiry.member_id:
        arrival = Arrival(
            channel=inquiry.channel,
            title=inquiry.title,
            body=post.body,
            received_at=post.created_at,
            member_id=post.author_id,
            external_id=f"post:{post.pk}",
            continues=inquiry.pk,
        )
        receive(arrival=arrival, now=now)
    elif post.is_staff:
        _answered_there(inquiry, post, now=now)


@transaction.atomic
def close_solved(*, topic_id: int, post_id: int, now: datetime) -> None:
    """Close the inquiry of a question that is solved: by members, or by an answer of ours."""
    inquiry = Inquiry.objects.filter(source_type=TOPIC, source_id=topic_id).first()
    if inquiry is None:
        return
    inquiry = locked(inquiry.pk)
    if inquiry.is_closed:
        return
    by_staff = Post.objects.filter(pk=post_id, is_staff=True).exists()
    because = Inquiry.Reason.ANSWERED if by_staff else Inquiry.Reason.COMMUNITY
    end(inquiry, because=because, viewer=system_viewer(), now=now)
    inquiry.save()


@transaction.atomic
def _answered_there(inquiry: Inquiry, post: Post, *, now: datetime) -> None:
    inquiry = locked(inquiry.pk)
    message = InquiryMessage.objects.create(
        inquiry=inquiry,
        direction=InquiryMessage.Direction.OUT,
        author_id=post.author_id,
        body=post.body,
        external_id=f"post:{post.pk}",
        at=post.created_at,
    )
    if inquiry.first_response_at is None:
        inquiry.first_response_at = max(post.created_at, inquiry.received_at)
    if inquiry.owner_id is None:
        inquiry.owner_id = post.author_id
    if inquiry.state in (Inquiry.State.OPEN, Inquiry.State.SNOOZED):
        inquiry.state, inquiry.snoozed_until = Inquiry.State.WAITING, None
        dues.pause(inquiry, now=now)
    dues.settle(inquiry)
    inquiry.updated_at = now
    inquiry.save()
    log(
        inquiry,
        InquiryChange.What.REPLIED,
        viewer=system_viewer(),
        now=now,
        props={"message": message.pk, "by": post.author_id},
    )
    touch_message(inquiry, message, at=post.created_at)
