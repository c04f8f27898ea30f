"""Changed rules and hours count the dues of what is not finished again; what was said by hand stays."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community.hours import business_hours
from kizuna.core.community.queries import setting
from kizuna.success.inbox import actions
from kizuna.success.inbox.actions import recounting
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.settings import DUE_RULES

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=TOKYO)


def opened(desk, **fields) -> Inquiry:
    said = {"title": "箱", "received_at": at(24, 9), "body": "箱", **fields}
    return actions.open_inquiry(viewer=desk, fields=said, now=at(24, 9))


def quicker() -> list[dict]:
    return [{**rule, "response": 60, "resolution": 480} for rule in setting(DUE_RULES)]


def test_rules_count_again_what_is_not_finished(desk, viewer_of, aoi):
    inquiry, closed = opened(desk), opened(desk)
    actions.close_inquiry(viewer=desk, inquiry=closed, because="phone", now=at(24, 10))
    was = Inquiry.objects.get(pk=closed.pk).response_due_at
    assert inquiry.due_at == at(24, 14)
    actions.set_rules(viewer=viewer_of(aoi), values={"rules": quicker()}, now=at(24, 10))
    run_waiting()
    inquiry.refresh_from_db()
    assert (inquiry.response_due_at, inquiry.resolution_due_at, inquiry.due_at) == (at(24, 10), at(24, 18), at(24, 10))
    assert Inquiry.objects.get(pk=closed.pk).response_due_at == was


def test_hours_count_again(desk, viewer_of, aoi):
    inquiry = opened(desk)
    week = {"week": {day: [["10:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
    actions.set_hours(viewer=viewer_of(aoi), value=week, now=at(24, 10))
    run_waiting()
    inquiry.refresh_from_db()
    assert (inquiry.response_due_at, inquiry.resolution_due_at) == (at(24, 14), at(25, 18))
    assert inquiry.due_at == at(24, 14)


def test_a_due_said_by_hand_stays(desk, viewer_of, aoi):
    inquiry = opened(desk, due_at=at(27, 15))
    actions.set_rules(viewer=viewer_of(aoi), values={"rules": quicker()}, now=at(24, 10))
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.due_at == at(27, 15)


def test_a_customer_who_wrote_again_is_answered_by_the_new_rule(desk, viewer_of, aoi):
    inquiry = opened(desk, sender="tani@example.com")
    Inquiry.objects.filter(pk=inquiry.pk).update(first_response_at=at(24, 10))
    arrival = Arrival(
        channel="mail", title="箱", body="まだです", received_at=at(24, 11), sender="tani@example.com",
        external_id="<b@example.com>", continues=inquiry.pk,
    )  # fmt: skip
    receive(arrival=arrival, now=at(24, 11))
    inquiry.refresh_from_db()
    assert inquiry.due_at == at(24, 16)
    actions.set_rules(viewer=viewer_of(aoi), values={"rules": quicker()}, now=at(24, 11))
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.due_at == at(24, 12)


def test_killed_on_the_way_the_next_run_does_the_rest(desk, viewer_of, aoi):
    first, second = opened(desk), opened(desk)
    hours, rules = business_hours(), setting(DUE_RULES)
    actions.set_rules(viewer=viewer_of(aoi), values={"rules": quicker()}, now=at(24, 10))
    assert recounting._recount(first.pk, hours, rules, now=at(24, 10)) is True
    assert actions.recount_dues(hours=hours, rules=rules, now=at(24, 10)) == 1  # the first is done already
    second.refresh_from_db()
    assert second.due_at == at(24, 10)


def test_again_and_nothing_changed_change_nothing(desk, viewer_of, aoi):
    inquiry = opened(desk)
    actions.set_rules(viewer=viewer_of(aoi), values={"rules": setting(DUE_RULES)}, now=at(24, 10))
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.updated_at == at(24, 9)


def test_the_page_says_how_many_before_saving(client_of, aoi, desk):
    opened(desk)
    for address in ("/studio/hours/", "/studio/inbox/"):
        assert "完了していない1件の期限を数え直します" in client_of(aoi).get(address).content.decode()
