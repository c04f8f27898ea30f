"""Killed anywhere, nothing that was written by LINE is lost or taken twice, and no answer is lost or shown twice."""

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import declared
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.tests.killing import Workers, stop, wait_until
from kizuna.interfaces.chat import actions
from kizuna.interfaces.chat.models import LineEvent
from kizuna.interfaces.chat.tests.faulty import ADDRESS, POINTS_IN, POINTS_OUT
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]
TEXTS = 4


@pytest.fixture
def workers(lent_communities, sakura, channel, outside, settings, monkeypatch):
    monkeypatch.setenv("KIZUNA_SECRET_KEY", settings.SECRET_KEY)  # the token is sealed under it
    monkeypatch.setenv(ADDRESS, outside.url)
    monkeypatch.setenv("KIZUNA_OUTBOUND_ALLOWED", f"127.0.0.1:{outside.port}")
    made = Workers("kizuna.interfaces.chat.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


def bring(channel) -> None:
    """Tell what LINE tells, from as many users."""
    stamp = int(timezone.now().timestamp() * 1000) - 60_000
    events = [
        (f"e{number}", {
            "type": "message", "timestamp": stamp + number, "source": {"type": "user", "userId": f"U{number}"},
            "message": {"id": str(number), "type": "text", "text": f"本文{number}"},
        })
        for number in range(TEXTS)
    ]  # fmt: skip
    actions.keep_events(channel=channel, events=events, now=timezone.now())


def assert_each_comes_in_once(workers, channel, point: str) -> None:
    bring(channel)
    workers.start_and_see_killed(point, 2)
    bring(channel)  # redelivered
    last = workers.start()
    wait_until(lambda: not LineEvent.objects.filter(done_at=None).exists())
    stop(last)
    assert sorted(InquiryMessage.objects.values_list("body", flat=True)) == [f"本文{number}" for number in range(TEXTS)]
    assert Inquiry.objects.count() == TEXTS


def assert_each_goes_out_once(workers, channel, outside, desk, point: str) -> None:
    bring(channel)
    actions.take_waiting(channel_id=channel.pk, now=timezone.now())
    with transaction.atomic():
        for inquiry in Inquiry.objects.all():
            delivery = inbox.send_reply(viewer=desk, inquiry=inquiry, body="返信", now=timezone.now())
            Delivery.objects.filter(pk=delivery.pk).update(send_at=timezone.now())
            enqueue("inbox.deliver", args={"delivery": delivery.pk}, priority=9)
    workers.start_and_see_killed(point, 2)
    last = workers.start()
    wait_until(lambda: not Delivery.objects.exclude(state="sent").exists())
    stop(last)
    assert sorted(said["to"] for said in outside.pushed) == [f"U{number}" for number in range(TEXTS)]


def test_a_worker_killed_with_the_work_done_and_not_noted_takes_nothing_twice(workers, channel):
    assert_each_comes_in_once(workers, channel, "before_the_note")


def test_a_worker_killed_after_sending_shows_nothing_twice(workers, channel, outside, desk):
    assert_each_goes_out_once(workers, channel, outside, desk, "after_sending")


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS_IN)
def test_nothing_that_was_written_is_lost_or_taken_twice(workers, channel, point):
    assert_each_comes_in_once(workers, channel, point)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS_OUT)
def test_no_answer_is_lost_or_shown_twice(workers, channel, outside, desk, point):
    assert_each_goes_out_once(workers, channel, outside, desk, point)
