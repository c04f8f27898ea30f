"""Whatever arrives comes in once, in the right inquiry, with its due in business hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kizuna.core.activity.models import Activity
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import actions
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry, InquiryMessage

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")


def arrival(**fields) -> Arrival:
    """Return a mail as it comes in."""
    said = {
        "channel": "mail",
        "title": "請求書の宛名",
        "body": "宛名を変えたいです。",
        "received_at": datetime(2026, 11, 21, 19, 31, tzinfo=TOKYO),
        "external_id": "<a@example.com>",
        "sender": "tani@example.com",
    }
    return Arrival(**{**said, **fields})


def test_an_arrival_outside_hours_is_due_on_the_next_day_of_business(now):
    got = receive(arrival=arrival(), now=now)
    inquiry = Inquiry.objects.get()
    assert got.is_new
    assert (inquiry.state, inquiry.owner, inquiry.priority, inquiry.is_outside_hours) == ("open", None, "normal", True)
    assert inquiry.due_at == inquiry.response_due_at == datetime(2026, 11, 24, 14, tzinfo=TOKYO)
    assert inquiry.resolution_due_at == datetime(2026, 11, 25, 18, tzinfo=TOKYO)
    assert got.message.sender == "tani@example.com"


def test_it_comes_in_once_by_its_outside_id(now):
    first = receive(arrival=arrival(), now=now)
    again = receive(arrival=arrival(body="ちがう本文"), now=now)
    assert (again.inquiry.pk, again.message.pk, again.is_new) == (first.inquiry.pk, first.message.pk, False)
    assert InquiryMessage.objects.get().body == "宛名を変えたいです。"


def test_it_comes_in_once_by_its_source(now):
    source = {"external_id": "", "source_type": "topic", "source_id": 7}
    first = receive(arrival=arrival(**source), now=now)
    assert receive(arrival=arrival(**source), now=now).inquiry.pk == first.inquiry.pk
    assert Inquiry.objects.count() == 1


def test_urgent_words_and_the_explicit_choice_are_kept_with_their_reasons(now):
    got = receive(arrival=arrival(title="送り状が印刷デキナイ", urgent=True), now=now)
    assert (got.inquiry.priority, got.inquiry.urgency) == ("urgent", 6)
    assert got.inquiry.urgent_because == [["said", ""], ["word", "できない"]]
    assert got.inquiry.due_at == datetime(2026, 11, 24, 11, tzinfo=TOKYO)


def test_the_customer_follows_from_the_person(person, account, now):
    got = receive(arrival=arrival(contact_id=person.pk, received_at=now), now=now)
    assert (got.inquiry.account_id, got.inquiry.contact_id) == (account.pk, person.pk)
    touch = Touchpoint.objects.get(source_type="inquiry", source_id=got.inquiry.pk)
    assert (touch.account_id, touch.direction) == (account.pk, "in")


def test_what_does_not_fit_together_is_still_taken_in(person, make_account, now):
    got = receive(arrival=arrival(contact_id=person.pk, account_id=make_account("株式会社朝日屋").pk), now=now)
    assert got.is_new
    assert got.inquiry.account_id is None


def test_a_continuation_opens_a_closed_inquiry_and_its_clock_goes_on(desk, now):
    inquiry = receive(arrival=arrival(), now=now).inquiry
    closing = datetime(2026, 11, 24, 10, tzinfo=TOKYO)
    actions.close_inquiry(viewer=desk, inquiry=inquiry, because="phone", now=closing)
    back = datetime(2026, 11, 25, 10, tzinfo=TOKYO)
    got = receive(arrival=arrival(external_id="<b@example.com>", continues=inquiry.pk, received_at=back), now=back)
    inquiry.refresh_from_db()
    assert got.is_new
    assert got.inquiry.pk == inquiry.pk
    assert (inquiry.state, inquiry.closed_at, inquiry.closed_because) == ("open", None, "")
    assert inquiry.resolution_due_at == datetime(2026, 11, 26, 18, tzinfo=TOKYO)
    assert inquiry.due_at == datetime(2026, 11, 25, 15, tzinfo=TOKYO)  # four business hours from now, over lunch
    assert Activity.objects.filter(verb="inquiry.received", object_id=inquiry.pk).get().props["reopened"]


def test_spam_stays_closed(desk, now):
    inquiry = receive(arrival=arrival(), now=now).inquiry
    actions.close_inquiry(viewer=desk, inquiry=inquiry, because="spam", now=now)
    receive(arrival=arrival(external_id="<c@example.com>", continues=inquiry.pk), now=now)
    inquiry.refresh_from_db()
    assert inquiry.state == "closed"
    assert inquiry.messages.count() == 2


def test_a_continuation_of_what_is_gone_is_a_new_inquiry(now):
    got = receive(arrival=arrival(continues=987_654), now=now)
    assert got.is_new
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize(
    "hostile",
    [
        {"title": "a\x00b\r\nBcc: x@example.com", "body": "\x00\x1b[31m\ud800"},
        {"title": "", "body": ""},
        {"title": "長" * 5000, "body": "x" * 1_000_000},
        {"sender": "a" * 9000, "external_id": "<" + "m" * 5000 + ">"},
        {"received_at": datetime(2199, 1, 1, tzinfo=TOKYO)},
    ],
    ids=["controls", "empty", "huge", "long names", "future"],
)
def test_hostile_arrivals_are_cut_and_cleaned_never_lost(hostile, now):
    got = receive(arrival=arrival(**hostile), now=now)
    inquiry = Inquiry.objects.get()
    assert got.is_new
    assert inquiry.title
    assert inquiry.title.isprintable()
    assert inquiry.received_at <= now
    assert not receive(arrival=arrival(**hostile), now=now + timedelta(hours=1)).is_new


def test_an_unknown_channel_is_a_mistake_of_ours(now):
    with pytest.raises(ValueError, match="channel"):
        receive(arrival=arrival(channel="pigeon"), now=now)
