"""A worker killed with -9 at any point between held and sent: the answer goes out all the same, and once."""

import random
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.discussions.actions import open_topic
from kizuna.engagement.discussions.models import Post, Space
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Delivery, Inquiry
from tests.dying import in_a_child

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]
WATCHED = (
    "inbox/actions/delivering.py",
    "inbox/sending.py",
    "inbox/doors.py",
    "inbox/actions/writing.py",
    "inbox/dues.py",
)
ROUNDS = 4


@pytest.fixture
def ask(chie):
    """Return a function that asks a question which reaches the team."""
    now = timezone.now()
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=now)

    def make() -> Inquiry:
        topic = open_topic(
            viewer=viewer_of(chie), space=space, title="休業日の出し方", body="どこですか。", now=timezone.now()
        )
        return actions.take_question(topic=topic, now=timezone.now()).inquiry

    return make


def answer(inquiry: Inquiry, member) -> Delivery:
    return actions.send_reply(viewer=viewer_of(member), inquiry=inquiry, body="ここです。", now=timezone.now())


def deliver_in_a_child(delivery: Delivery, die_at: int) -> tuple[int, int]:
    due = delivery.send_at + timedelta(seconds=1)
    work = lambda: actions.deliver(delivery_id=delivery.pk, now=due)  # noqa: E731
    return in_a_child(work, die_at, watched=WATCHED, often=set())


@pytest.mark.parametrize("seed", range(3))
def test_it_goes_out_once_wherever_the_worker_died(ask, emi, seed):
    first = answer(ask(), emi)
    ended_by, passed = deliver_in_a_child(first, die_at=0)
    assert ended_by == 0
    assert passed > 15
    rng = random.Random(seed)
    for die_at in sorted(rng.sample(range(1, passed), ROUNDS)):
        inquiry = ask()
        delivery = answer(inquiry, emi)
        assert deliver_in_a_child(delivery, die_at)[0] == signal.SIGKILL
        due = delivery.send_at + timedelta(seconds=2)
        actions.deliver(delivery_id=delivery.pk, now=due)  # the ledger gives the job to another worker
        actions.deliver(delivery_id=delivery.pk, now=due)
        again = Delivery.objects.get(pk=delivery.pk)
        assert (again.state, again.key) == ("sent", delivery.key)
        assert Post.objects.filter(topic_id=inquiry.source_id, number__gt=1).count() == 1
        assert Activity.objects.filter(verb="inquiry.replied", object_id=inquiry.pk).count() == 1
        inquiry.refresh_from_db()
        assert inquiry.state == "waiting"
