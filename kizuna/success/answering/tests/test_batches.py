"""One answer for many: each on their own channel, nobody twice, all of it taken back or none of it lost."""

import random
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.base.registry import DoorClosed, ReplyDoor
from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.discussions.actions import open_topic
from kizuna.engagement.discussions.models import Post, Space
from kizuna.success.answering import actions, queries
from kizuna.success.answering.actions import Chosen
from kizuna.success.answering.models import AnswerBatch, AnswerItem
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox import doors
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryDraft, InquiryMessage
from kizuna.success.tasks.models import Task
from tests.dying import in_a_child

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(seconds=31)
COMMON = "「営業カレンダー」で休業日を決めると、商品ページに出ます。"
sent: list[str] = []


def to_sink(*, delivery_id: int) -> None:
    """Stand in for a door that leads outside."""
    sent.append(InquiryMessage.objects.get(delivery=delivery_id).body)


def closed(*, delivery_id: int) -> None:
    raise DoorClosed("the address is wrong")


@pytest.fixture
def door(monkeypatch):
    """Put a door before mail; what is asked by telephone has none."""
    sent.clear()

    def put(name: str = "to_sink") -> None:
        found = ReplyDoor("test", "mail", f"{__name__}.{name}")
        before = doors.door_of
        monkeypatch.setattr(doors, "door_of", lambda inquiry: found if inquiry.channel == "mail" else before(inquiry))

    return put


@pytest.fixture
def asked(make_account, chie):
    """A mail, a question of the community, a telephone call of a customer, and one of somebody unknown."""
    now = timezone.now()
    shop = make_account(name="和紙のこだま")
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=now)
    topic = open_topic(viewer=viewer_of(chie), space=space, title="休業日", body="どこですか。", now=now)
    mail = receive(
        arrival=Arrival("mail", "休業日", "出し方は？", now, account_id=shop.pk, sender="a@x.example"), now=now
    )
    call = receive(arrival=Arrival("phone", "休業日", "出し方は？", now, account_id=shop.pk), now=now)
    stranger = receive(arrival=Arrival("phone", "休業日", "出し方は？", now), now=now)
    return [mail.inquiry, actions_question(topic, now), call.inquiry, stranger.inquiry]


def actions_question(topic, now) -> Inquiry:
    return inbox.take_question(topic=topic, now=now).inquiry


def answer(desk, asked, *, key="k1", **lines) -> AnswerBatch:
    chosen = [Chosen(row.pk, lines.get(f"line{index}", "")) for index, row in enumerate(asked)]
    return actions.answer_many(
        viewer=desk, about=asked[0], common=COMMON, chosen=chosen, key=key, now=timezone.now()
    )  # fmt: skip


def run(batch: AnswerBatch) -> dict[int, str]:
    """Do what the worker does, half a minute later; return {inquiry: state}."""
    later = timezone.now() + LATER
    for item in AnswerItem.objects.filter(batch=batch):
        actions.answer_item(item_id=item.pk, now=later)
    for delivery in Delivery.objects.filter(state="held"):
        inbox.deliver(delivery_id=delivery.pk, now=later)
    items = queries.items_of(AnswerBatch.objects.get(pk=batch.pk))
    return {item.inquiry_id: queries.batches.state_of(item) for item in items}


def test_each_is_answered_on_their_own_channel(desk, asked, door):
    door()
    batch = answer(desk, asked, line0="28日の発送分までは\nこれまでどおりです。")
    assert Job.objects.filter(name="answering.answer").count() == 4
    assert not Delivery.objects.exists(), "nothing leaves before half a minute is over"
    mail, question, call, stranger = asked
    assert run(batch) == {mail.pk: "sent", question.pk: "sent", call.pk: "call", stranger.pk: "skipped"}
    assert sent == [f"{COMMON}\n\n28日の発送分までは これまでどおりです。"]
    assert Post.objects.get(topic_id=question.source_id, number=2).body == COMMON
    task = Task.objects.get()
    assert (task.account_id, task.body, task.owner_id) == (call.account_id, COMMON, desk.member_id)
    assert batch.items.get(inquiry=stranger).why == "no_door"
    assert next(item.state for item in queries.items_of(batch)) == "skipped", "what needs a look stands first"


def test_whom_a_task_to_call_waits_for_gets_no_second_one(desk, asked, door):
    door()
    call = asked[2]
    run(answer(desk, [call]))
    assert queries.to_call([row.pk for row in asked]) == {call.pk}
    again = answer(desk, [call], key="k2")
    assert (run(again), again.items.get().why, Task.objects.count()) == ({call.pk: "skipped"}, "call", 1)
    Task.objects.update(state=Task.State.DROPPED, closed_at=timezone.now())
    assert run(answer(desk, [call], key="k3")) == {call.pk: "call"}, "nobody is going to call any more"


def test_the_same_form_sent_twice_is_one_batch(desk, asked, door):
    door()
    assert answer(desk, asked[:1]).pk == answer(desk, asked[:1]).pk
    assert (AnswerBatch.objects.count(), AnswerItem.objects.count()) == (1, 1)


def test_all_of_it_is_taken_back(desk, asked, door):
    door()
    batch = answer(desk, asked)
    assert actions.take_back_batch(viewer=desk, batch=batch, now=timezone.now()) == 4
    assert set(run(batch).values()) == {"taken_back"}
    assert (sent, Post.objects.filter(number=2).count(), Task.objects.count()) == ([], 0, 0)
    with pytest.raises(Refused):
        actions.take_back_batch(viewer=desk, batch=batch, now=timezone.now())


def test_who_was_answered_meanwhile_gets_no_second_answer(desk, asked, door):
    door()
    batch = answer(desk, asked[:2])
    inbox.send_reply(viewer=desk, inquiry=asked[0], body="先に答えました。", now=timezone.now())
    inbox.close_inquiry(viewer=desk, inquiry=asked[1], because="community", now=timezone.now())
    assert set(run(batch).values()) == {"skipped"}
    assert sent == ["先に答えました。"]
    assert dict(batch.items.values_list("inquiry_id", "why")) == {asked[0].pk: "answered", asked[1].pk: "closed"}


def test_who_wrote_meanwhile_is_left_to_a_look(desk, asked, door):
    door()
    batch = answer(desk, asked[:1])
    now = timezone.now()
    receive(arrival=Arrival("mail", "休業日", "解決しました", now, continues=asked[0].pk), now=now)
    assert run(batch) == {asked[0].pk: "skipped"}
    assert (batch.items.get().why, sent) == ("wrote", [])


def test_what_cannot_be_sent_says_so_and_is_ours_again(desk, asked, door):
    door("closed")
    assert run(answer(desk, asked[:1])) == {asked[0].pk: "failed"}
    assert Delivery.objects.get().error == "the address is wrong"
    assert Inquiry.objects.get(pk=asked[0].pk).first_response_at is None


def test_who_left_the_team_answers_nobody(desk, emi, asked, door):
    door()
    batch = answer(desk, asked[:1])
    emi.role_grants.all().delete()
    assert run(batch) == {asked[0].pk: "skipped"}
    assert (batch.items.get().why, sent) == ("refused", [])


def test_a_draft_of_the_writer_stays(desk, asked, door):
    door()
    inbox.save_draft(viewer=desk, inquiry=asked[0], kind="reply", body="書きかけ", now=timezone.now())
    run(answer(desk, asked[:1]))
    assert InquiryDraft.objects.get().body == "書きかけ"


@pytest.mark.parametrize(
    ("common", "chosen", "field"),
    [
        ("", [Chosen(1)], "common"),
        ("{{email}} へ", [Chosen(1)], "common"),
        ("あ" * 20_001, [Chosen(1)], "common"),
        ("答え", [], "chosen"),
        ("答え", [Chosen(1), Chosen(1)], "chosen"),
        ("答え", [Chosen(number) for number in range(201)], "chosen"),
        ("答え", [Chosen(1, "あ" * 1001)], "line"),
        ("答え", [Chosen(999_999)], "chosen"),
    ],
)
def test_bad_input_is_refused_at_its_field(desk, common, chosen, field):
    with pytest.raises(Refused) as refused:
        actions.answer_many(viewer=desk, about=None, common=common, chosen=chosen, key="x", now=timezone.now())
    assert refused.value.field == field
    assert not AnswerBatch.objects.exists()


def test_readers_and_members_answer_nobody(ken, chie, asked):
    for who in (ken, chie):
        with pytest.raises(Refused):
            answer(viewer_of(who), asked)


def test_two_at_once_answer_once(desk, aoi, asked, door, at_once):
    door()
    first, second = answer(desk, asked[:1]), answer(viewer_of(aoi), asked[:1], key="k2")
    later = timezone.now() + LATER
    items = list(AnswerItem.objects.values_list("pk", flat=True))
    at_once([lambda pk=pk: actions.answer_item(item_id=pk, now=later) for pk in [*items, *items]])
    for pk in items:  # whoever was turned away by a busy database is tried again by the ledger
        actions.answer_item(item_id=pk, now=later)
    assert Delivery.objects.count() == 1
    states = sorted([first.items.get().state, second.items.get().state])
    assert states == ["given", "skipped"]


def test_taken_back_or_answered_never_both(desk, asked, door, at_once):
    door()
    batch = answer(desk, asked[:1])
    item = batch.items.get()
    at_once(
        [
            lambda: actions.take_back_batch(viewer=desk, batch=batch, now=timezone.now()),
            lambda: actions.answer_item(item_id=item.pk, now=timezone.now() + LATER),
        ]
    )
    state = AnswerItem.objects.get().state
    assert (state, Delivery.objects.count()) in (("taken_back", 0), ("given", 1), ("held", 0))


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere_each_is_answered_once(desk, asked, seed):
    """The question's door lies inside, so that a second answer would be seen as a second post."""
    question = asked[1]
    batch = answer(desk, [question], key=f"k{seed}")
    item, later = batch.items.get(), timezone.now() + LATER
    work = lambda: actions.answer_item(item_id=item.pk, now=later)  # noqa: E731
    rng = random.Random(seed)
    for die_at in sorted(rng.sample(range(1, 12), 3)):
        ended_by, _passed = in_a_child(work, die_at, watched=("answering/actions/batching.py",), often=set())
        assert ended_by in (0, signal.SIGKILL)
    assert run(batch) == {question.pk: "sent"}
    assert Post.objects.filter(topic_id=question.source_id, number__gt=1).count() == 1
    assert Activity.objects.filter(verb="inquiry.replied", object_id=question.pk).count() == 1
