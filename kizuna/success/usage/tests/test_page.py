"""The page of product usage: for those who keep customers, nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base import hosting
from kizuna.success.customers import actions as customers
from kizuna.success.usage import queries
from kizuna.success.usage.intake import journal
from kizuna.success.usage.models import UsageDayCount
from kizuna.success.usage.recent import recent_events
from kizuna.success.usage.tests.conftest import bring, event, fold
from kizuna.success.usage.wire import refusal_line
from tests.cast import make_member

pytestmark = pytest.mark.django_db
PAGE = "/desk/usage/"


@pytest.fixture
def emi_page(client_of, emi):
    client = client_of(emi)
    return lambda language="ja": client.get(f"{PAGE}?lang={language}").content.decode()


def test_it_is_for_owners_admins_and_success_managers(client_of, lake, aoi, ben, chie, emi):
    assert client_of().get(PAGE).status_code == 302
    allowed = {member.handle: client_of(member).get(PAGE).status_code for member in (aoi, ben, chie, emi)}
    assert allowed == {"aoi": 200, "ben": 404, "chie": 404, "emi": 200}
    assert client_of(make_member("fumi", "analyst")).get(PAGE).status_code == 404


def test_the_empty_page_says_how_to_begin(lake, emi_page):
    assert "まだ何も届いていません" in emi_page()
    assert "Nothing has arrived yet" in emi_page("en")


def test_it_shows_keys_events_refusals_and_days(lake, key, emi_page):
    now = timezone.now()
    at = (now - timedelta(minutes=2)).isoformat()
    bring(event(1, event="請求書を<b>作成", timestamp=at, context={"groupId": "acme"}), key=key.pk, received_at=now)
    bring(event(1, timestamp=at), key=key.pk, received_at=now)
    fold(now)
    shown = emi_page()
    for words in ("請求書を&lt;b&gt;作成", "acme", key.prefix):
        assert words in shown
    assert "使用中" in shown


def test_an_address_as_a_number_of_a_person_is_hidden_with_other_addresses(lake, key, emi_page, aoi, emi, viewer_of):
    now = timezone.now()
    at = (now - timedelta(minutes=2)).isoformat()
    bring(event(1, userId="zqmark@example.org", timestamp=at), key=key.pk, received_at=now)
    fold(now)
    assert "zqmark@example.org" in emi_page()
    customers.hide_fields(viewer=viewer_of(aoi), hidden={"success_manager": ["contact"]}, now=now)
    assert "zqmark" not in emi_page()
    assert "（メールアドレス）" in emi_page()


def test_refusals_are_counted_by_reason_and_key(lake, key, emi_page):
    now = timezone.now()
    for _time in range(2):
        journal().append(refusal_line(key=key.pk, reason="no_identity", count=3, example="track 試験", received_at=now))
    journal().append(refusal_line(key=None, reason="unknown_key", count=7, example="", received_at=now))
    hosting.current().caches.pop("usage_journal").close()
    fold(now)
    shown = emi_page()
    assert "userId も anonymousId もありませんでした" in shown
    assert "track 試験" in shown
    assert queries.refused_count(since=queries.today()) == 13


def test_events_are_seen_before_they_are_folded_and_after(lake, key):
    bring(event(1), key=key.pk)
    assert [found.id for found in recent_events()] == ["m-1"]
    fold()
    bring(*(event(number) for number in range(2, 40)), key=key.pk)
    assert len(recent_events()) == 30
    fold()
    found = recent_events(limit=5)
    assert len(found) == 5
    assert all(one.name == "Report Opened" for one in found)


def test_an_event_without_a_group_belongs_to_the_persons_group_of_that_day(lake, key):
    def group(number: int, name: str, at: str) -> dict:
        return event(number, type="group", messageId=f"g-{number}", groupId=name, timestamp=at)

    def track(number: int, at: str, **fields) -> dict:
        return event(number, timestamp=at, **fields)

    bring(
        group(1, "first", "2026-10-01T03:00:00Z"),
        group(2, "first", "2026-10-20T03:00:00Z"),
        group(3, "second", "2026-11-01T03:00:00Z"),
        track(4, "2026-09-30T03:00:00Z"),
        track(5, "2026-10-05T03:00:00Z"),
        track(6, "2026-10-25T03:00:00Z"),
        track(7, "2026-11-05T03:00:00Z"),
        track(8, "2026-10-06T03:00:00Z", context={"groupId": "third"}),
        key=key.pk,
    )
    fold()

    def days(name: str) -> list[str]:
        since, until = queries.today() - timedelta(days=4000), queries.today() + timedelta(days=4000)
        return [row.day.isoformat() for row in queries.counts_of_group(name, since=since, until=until)]

    assert UsageDayCount.objects.count() == 5
    assert (days("first"), days("second"), days("third")) == (
        ["2026-10-05", "2026-10-25"], ["2026-11-05"], ["2026-10-06"],
    )  # fmt: skip
    assert days("") == days("nobody") == []
