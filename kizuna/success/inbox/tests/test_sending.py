"""Answers are held, can be taken back, go out once, and are never lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kizuna.base.jobs.models import Job
from kizuna.base.registry import DoorClosed, ReplyDoor
from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions.actions import open_topic
from kizuna.engagement.discussions.models import Post, Space
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import actions, doors
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Delivery, InquiryMessage
from kizuna.success.inbox.queries import drafts_of

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
LATER = timedelta(seconds=31)
calls: list[int] = []


def outside(*, delivery_id: int) -> None:
    """Stand in for a door that leads outside; it remembers what it was asked to send."""
    calls.append(delivery_id)


def broken(*, delivery_id: int) -> None:
    calls.append(delivery_id)
    raise OSError("no route")


def closed(*, delivery_id: int) -> None:
    raise DoorClosed("the address is wrong")


@pytest.fixture
def door(monkeypatch):
    """Return a function that puts one of these doors before every channel."""
    calls.clear()

    def put(name: str) -> None:
        found = ReplyDoor("test", "mail", f"{__name__}.{name}")
        monkeypatch.setattr(doors, "door_of", lambda inquiry: found)

    return put


@pytest.fixture
def asked(now):
    """A mail that came in on Sunday."""
    arrival = Arrival("mail", "請求書の宛名", "宛名を変えたいです。", now, external_id="<a@x>", sender="tani@x.example")
    return receive(arrival=arrival, now=now).inquiry


def send(desk, inquiry, at=TUESDAY, **fields) -> Delivery:
    return actions.send_reply(viewer=desk, inquiry=inquiry, body="変えました。", now=at, **fields)


def test_an_answer_waits_half_a_minute_then_goes_out(desk, asked, door):
    door("outside")
    delivery = send(desk, asked)
    asked.refresh_from_db()
    assert (asked.state, asked.owner_id, asked.first_response_at) == ("open", desk.member_id, None)
    job = Job.objects.get(name="inbox.deliver")
    assert (job.args, job.run_at) == ({"delivery": delivery.pk}, TUESDAY + timedelta(seconds=30))
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY)
    assert calls == []
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    asked.refresh_from_db()
    assert calls == [delivery.pk]
    assert (asked.state, asked.first_response_at, asked.due_at) == ("waiting", TUESDAY + LATER, None)
    props = Activity.objects.get(verb="inquiry.replied").props
    assert (props["is_first"], props["business_minutes"], props["in_time"]) == (True, 60, True)


def test_an_answer_that_was_taken_back_is_never_sent_and_is_a_draft_again(desk, asked, door):
    door("outside")
    delivery = send(desk, asked)
    actions.take_back(viewer=desk, delivery=delivery, now=TUESDAY)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    assert calls == []
    assert drafts_of(desk, asked) == {"reply": "変えました。"}
    with pytest.raises(Refused):
        actions.take_back(viewer=desk, delivery=delivery, now=TUESDAY)


def test_what_is_on_its_way_cannot_be_taken_back(desk, asked, door):
    door("outside")
    delivery = send(desk, asked)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    with pytest.raises(Refused):
        actions.take_back(viewer=desk, delivery=delivery, now=TUESDAY + LATER)


def test_a_worker_killed_after_claiming_sends_with_the_same_key(desk, asked, door):
    door("outside")
    delivery = send(desk, asked)
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", attempts=1)  # as a killed worker leaves it
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    again = Delivery.objects.get(pk=delivery.pk)
    assert (again.state, again.key, again.attempts) == ("sent", delivery.key, 2)
    assert calls == [delivery.pk]


def test_a_door_that_fails_is_tried_again_and_at_last_given_up(desk, asked, door):
    door("broken")
    delivery = send(desk, asked)
    for _attempt in range(5):
        with pytest.raises(OSError, match="no route"):
            actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    assert Delivery.objects.get(pk=delivery.pk).state == "sending"
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "OSError: no route")
    assert Activity.objects.filter(verb="inquiry.not_sent", object_id=asked.pk).count() == 1
    door("outside")
    actions.send_again(viewer=desk, delivery=delivery, now=TUESDAY + LATER)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + 2 * LATER)
    assert calls[-1] == delivery.pk
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


def test_a_closed_door_is_tried_once(desk, asked, door):
    door("closed")
    delivery = send(desk, asked)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    delivery.refresh_from_db()
    asked.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "the address is wrong")
    assert (asked.state, asked.first_response_at) == ("open", None)


def test_what_no_worker_sends_is_given_up_and_told(desk, asked, door):
    door("outside")
    delivery = send(desk, asked)
    assert actions.give_up_lost(now=TUESDAY + timedelta(hours=5)) == 0
    assert actions.give_up_lost(now=TUESDAY + timedelta(hours=7)) == 1
    assert Delivery.objects.get(pk=delivery.pk).state == "failed"


def test_a_customer_who_writes_before_it_goes_out_keeps_it_our_turn(desk, asked, door):
    door("outside")
    delivery = send(desk, asked, next_state="closed")
    receive(arrival=Arrival("mail", "", "もう一つ", TUESDAY, external_id="<b@x>", continues=asked.pk), now=TUESDAY)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_at, asked.first_response_at) == ("open", None, TUESDAY + LATER)


def test_closing_with_the_answer_says_so(desk, asked, door):
    door("outside")
    delivery = send(desk, asked, next_state="closed")
    with pytest.raises(Refused):
        actions.close_inquiry(viewer=desk, inquiry=asked, because="phone", now=TUESDAY)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_because) == ("closed", "answered")


def test_whoever_did_not_see_the_last_message_is_stopped(desk, viewer_of, aoi, asked, door):
    door("outside")
    seen = asked.messages.get().pk
    send(viewer_of(aoi), asked, seen=seen)
    with pytest.raises(Refused) as refused:
        send(desk, asked, seen=seen)
    assert refused.value.code == "overtaken"
    assert InquiryMessage.objects.filter(direction="out").count() == 1


def test_without_a_door_nothing_is_written(desk, asked):
    with pytest.raises(Refused) as refused:
        send(desk, asked)
    assert refused.value.code == "no_door"
    assert not InquiryMessage.objects.filter(direction="out").exists()


@pytest.fixture
def question(chie, viewer_of, now):
    """A question that has reached the team."""
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=now)
    topic = open_topic(viewer=viewer_of(chie), space=space, title="休業日の出し方", body="どこですか。", now=now)
    return actions.take_question(topic=topic, now=now).inquiry


def test_a_question_is_answered_in_the_community_once(desk, question):
    delivery = send(desk, question)
    Delivery.objects.filter(pk=delivery.pk).update(state="sending")  # claimed by two at once
    for _worker in range(2):
        actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    replies = Post.objects.filter(topic_id=question.source_id, number__gt=1)
    assert [(post.body, post.author_id) for post in replies] == [("変えました。", desk.member_id)]
    message = InquiryMessage.objects.get(direction="out")
    assert message.external_id == f"post:{replies[0].pk}"
    actions.go_on_with_post(post=replies[0], now=TUESDAY)
    assert question.messages.count() == 2


def test_a_question_that_members_solve_closes_its_inquiry(question, desk):
    actions.close_solved(topic_id=question.source_id, post_id=0, now=TUESDAY)
    question.refresh_from_db()
    assert (question.state, question.closed_because) == ("closed", "community")


def test_answers_stand_on_the_timeline(desk, person, account, door, now):
    door("outside")
    asked = receive(arrival=Arrival("mail", "送料", "いくら？", now, contact_id=person.pk), now=now).inquiry
    delivery = send(desk, asked)
    actions.deliver(delivery_id=delivery.pk, now=TUESDAY + LATER)
    touches = Touchpoint.objects.filter(source_type="inquiry", source_id=asked.pk).order_by("at")
    assert [(touch.direction, touch.kind) for touch in touches] == [
        ("in", "inquiry.received"),
        ("out", "inquiry.replied"),
    ]
