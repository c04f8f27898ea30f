"""A chat is told by business hours: what happens outside is left out or kept until they open, urgent things at once."""

from datetime import UTC, datetime

import pytest
import time_machine

from kizuna.base.jobs.runner import run_waiting
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.models import Delivery
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OPENS = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # Tuesday 9:00 in Tokyo; Monday is a holiday
WORKING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def told(receiver, aoi, viewer_of, work):
    """Return a function that makes a chat, lets an inquiry come at a moment, and returns the delivery."""

    def come(when, *, at, urgent=False, urgent_at_once=True):
        with time_machine.travel(at, tick=False):
            actions.make_chat(
                viewer=viewer_of(aoi), kind="slack", address=receiver.url, verbs=["inquiry.opened"], when=when,
                urgent_at_once=urgent_at_once, now=at,
            )  # fmt: skip
            arrival = Arrival(channel="form", title="名前の変え方", body="x", received_at=at, urgent=urgent)
            receive(arrival=arrival, now=at)
            run_waiting()
        return Delivery.objects.first()

    return come


def test_at_any_hour_it_is_told_at_once(told):
    assert told("always", at=SUNDAY).next_at == SUNDAY


def test_what_happens_outside_is_not_told(told):
    assert told("hours", at=SUNDAY) is None


def test_inside_hours_every_chat_is_told_at_once(told):
    assert told("hours", at=WORKING).next_at == WORKING


def test_what_happens_outside_is_kept_until_they_open(told, receiver):
    assert told("collect", at=SUNDAY).next_at == OPENS
    assert receiver.received == []


def test_what_was_kept_is_told_when_they_open(told, receiver, work):
    told("collect", at=SUNDAY)
    with time_machine.travel(OPENS):
        work()
    assert "名前の変え方" in receiver.received[0].body


def test_what_was_closed_meanwhile_is_not_told_in_the_morning(told, receiver, work, viewer_of, aoi):
    delivery = told("collect", at=SUNDAY)
    inquiry_id = delivery.activity.object_id
    with time_machine.travel(OPENS):
        inquiry = Inquiry.objects.get(pk=inquiry_id)
        inbox.close_inquiry(viewer=viewer_of(aoi), inquiry=inquiry, because="spam", now=OPENS)
        work()
    delivery.refresh_from_db()
    assert (delivery.state, receiver.received) == (Delivery.State.DROPPED, [])


@pytest.mark.parametrize(("urgent_at_once", "at"), [(True, SUNDAY), (False, OPENS)])
def test_urgent_ones_wait_only_where_it_is_said(told, urgent_at_once, at):
    assert told("collect", at=SUNDAY, urgent=True, urgent_at_once=urgent_at_once).next_at == at


def test_webhooks_of_other_systems_know_no_hours(receiver, endpoint):
    with time_machine.travel(SUNDAY, tick=False):
        receive(arrival=Arrival(channel="form", title="x", body="x", received_at=SUNDAY), now=SUNDAY)
        run_waiting()
    assert Delivery.objects.filter(endpoint=endpoint).first().next_at == SUNDAY
