"""The use of accounts: found by external ids as of the day, changes by stated rules, noted once, never a cause."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.usage import accounts, actions, declarations, jobs, queries, wording
from kizuna.success.usage.changing import changes
from kizuna.success.usage.models import (
    AccountUsage,
    UsageChange,
    UsageDayCount,
    UsageDayTotal,
    UsageMembership,
    UsageName,
    UsageSubject,
)
from kizuna.success.usage.tests.conftest import bring, event
from tests.cast import make_member

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)  # a Friday
MONDAY = date(2026, 11, 9)
DAY = timedelta(days=1)


@pytest.fixture
def used(db):
    """Return a function that says that somebody used the product on a day."""

    def say(person: str, day: date, *, group: str = "", name: str = "Report Opened", count: int = 1) -> None:
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        who, _new = UsageSubject.objects.get_or_create(kind="person", external_id=person)
        where, _new = UsageSubject.objects.get_or_create(kind="group", external_id=group)
        what, _new = UsageName.objects.get_or_create(kind="track", name=name)
        UsageDayCount.objects.create(
            day=day, person=who, group=where, name=what, count=count, first_at=at, last_at=at
        )  # fmt: skip

    return say


@pytest.fixture
def belongs(db):
    """Return a function that says that a person belongs to a group from a day on."""

    def say(person: str, group: str, day: date) -> None:
        at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        who, _new = UsageSubject.objects.get_or_create(kind="person", external_id=person)
        where, _new = UsageSubject.objects.get_or_create(kind="group", external_id=group)
        UsageMembership.objects.create(person=who, group=where, first_at=at, last_at=at)

    return say


def look(account, today: date = TODAY, now=None):
    found = accounts.look_at(account.pk, today=today)
    if found:
        actions.note_usage(looked={account.pk: found}, now=now or accounts.noted_at(today))
    return found


def kinds(active: dict[date, int], *, today: date = TODAY, first_on: date | None = None, last_before=None):
    since = today - timedelta(days=84)
    found = changes(
        active, first_on=first_on or min(active, default=since), last_before=last_before, since=since, today=today
    )
    return [(change.kind, change.day) for change in found]


def test_people_and_days_are_counted_until_yesterday(account, used):
    for number in (1, 3, 10):
        used("u-1", TODAY - number * DAY, group="C-1")
    used("u-2", TODAY - 2 * DAY, group="C-1", name="Label Printed", count=5)
    used("u-3", TODAY - 40 * DAY, group="C-1")
    used("u-4", TODAY, group="C-1")
    used("u-5", TODAY - DAY, group="another")
    look(account)
    usage = AccountUsage.objects.get()
    assert (usage.active_7_count, usage.active_28_count, usage.active_28_before_count) == (2, 2, 1)
    assert (usage.as_of, usage.first_on, usage.last_on) == (TODAY - DAY, TODAY - 40 * DAY, TODAY - DAY)
    assert (len(usage.days), usage.days[-1], usage.days[-2], sum(usage.days)) == (56, 1, 1, 5)
    assert usage.names == [["track", "Label Printed", 5], ["track", "Report Opened", 3]]


def test_what_names_no_group_is_the_persons_of_that_day(account, make_account, used, belongs):
    other = make_account("株式会社こだま", external_id="C-2")
    belongs("u-1", "C-1", TODAY - 60 * DAY)
    belongs("u-1", "C-2", TODAY - 10 * DAY)
    used("u-1", TODAY - 20 * DAY)
    used("u-1", TODAY - 5 * DAY)
    look(account)
    look(other)
    assert dict(AccountUsage.objects.values_list("account__external_id", "last_on")) == {
        "C-1": TODAY - 20 * DAY,
        "C-2": TODAY - 5 * DAY,
    }


def test_without_any_group_a_contact_brings_its_use_while_it_worked_there(desk, account, make_account, used, now):
    began = now - timedelta(days=30)
    contact = customers.add_contacts(
        viewer=desk,
        rows=[{"account_id": account.pk, "name": "青木 誠", "external_id": "p-9", "started_at": began}],
        now=now,
    )[0]
    used("p-9", (began - timedelta(days=3)).date(), name="Before")
    used("p-9", (now - timedelta(days=2)).date())
    assert accounts.accounts_with_usage() == [account.pk]
    look(account)
    assert (AccountUsage.objects.get().first_on, AccountUsage.objects.get().names[0][2]) == (date(2026, 11, 20), 1)
    customers.end_employment(viewer=desk, contact=contact, account=account, now=now)
    used("p-9", TODAY - DAY)
    look(account)
    assert AccountUsage.objects.get().last_on == date(2026, 11, 20)


def test_a_member_brings_its_use_by_its_external_id(desk, account, used, person, now):
    member = make_member("miura", external_id="ext-7", email="x@aonami.co.jp", email_key="x@aonami.co.jp")
    customers.link_member(viewer=desk, contact=person, member=member, now=now)
    used("ext-7", TODAY - DAY)
    look(account)
    assert AccountUsage.objects.get().active_7_count == 1


def test_an_absorbed_account_brings_its_use_along(desk, account, make_account, used, now):
    kept = make_account("青波堂", external_id="C-2")
    used("u-1", TODAY - 2 * DAY, group="C-1")
    used("u-2", TODAY - DAY, group="C-2")
    customers.merge_accounts(viewer=desk, kept=kept, absorbed=account, now=now)
    assert accounts.accounts_with_usage() == [kept.pk]
    look(kept)
    assert AccountUsage.objects.get(account=kept).active_7_count == 2


def test_the_first_use_two_quiet_weeks_and_the_return_are_changes():
    first, last, again = TODAY - 60 * DAY, TODAY - 50 * DAY, TODAY - 20 * DAY
    assert kinds({first: 1, last: 1, again: 1}) == [
        ("first", first),
        ("quiet", last),
        ("again", again),
        ("quiet", again),
    ]
    assert kinds({TODAY - 14 * DAY: 1}, first_on=date(2025, 1, 1)) == []
    assert kinds({TODAY - 15 * DAY: 1}, first_on=date(2025, 1, 1)) == [("quiet", TODAY - 15 * DAY)]
    assert kinds({}, first_on=date(2025, 1, 1), last_before=date(2026, 8, 1)) == [("quiet", date(2026, 8, 1))]


@pytest.mark.parametrize(("days", "is_first"), [(13, False), (14, True)])
def test_a_first_use_is_one_only_where_usage_had_been_received_before(account, used, days, is_first):
    first = TODAY - 20 * DAY
    name = UsageName.objects.create(kind="track", name="Earlier")
    UsageDayTotal.objects.create(day=first - days * DAY, name=name, count=1)
    used("u-1", first, group="C-1")
    look(account)
    assert UsageChange.objects.filter(kind="first").exists() is is_first


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(10, 5, "drop"), (10, 6, None), (9, 4, None), (5, 10, "rise"), (6, 11, None), (4, 9, None), (0, 30, None)],
)
def test_a_week_is_compared_with_the_week_before_from_ten_person_days_on(before, after, kind):
    active = {MONDAY + number * DAY: before if number == 0 else 0 for number in range(1)}
    active |= {MONDAY + 7 * DAY: after, MONDAY - 7 * DAY: 1, TODAY - DAY: 1}
    active = {day: count for day, count in active.items() if count}
    weekly = [one for one in kinds(active, first_on=date(2025, 1, 1)) if one[1] == MONDAY + 7 * DAY]
    assert weekly == ([(kind, MONDAY + 7 * DAY)] if kind else [])


def test_the_week_under_way_and_the_first_one_are_not_compared():
    start = TODAY - TODAY.weekday() * DAY
    assert (
        kinds({start - 7 * DAY: 20, start: 1, TODAY - DAY: 1}, first_on=date(2025, 1, 1))
        == [("rise", start - 7 * DAY)][:0]
    )
    midweek = MONDAY + 3 * DAY
    found = kinds({midweek: 3, MONDAY + 7 * DAY: 30, TODAY - DAY: 1}, first_on=midweek)
    assert [kind for kind, _day in found] == ["first"]


def test_changes_stand_once_on_the_timeline_and_are_no_touch(account, used, desk):
    used("u-1", TODAY - 40 * DAY, group="C-1")
    for _time in range(3):
        look(account)
    touches = Touchpoint.objects.filter(channel="usage").order_by("at")
    assert [touch.kind for touch in touches] == ["usage.first", "usage.quiet"]
    assert touches[1].at == accounts.noted_at(TODAY - 25 * DAY)
    account.refresh_from_db()
    assert account.last_touched_at is None
    used("u-1", TODAY - DAY, group="C-1")
    look(account)
    assert UsageChange.objects.filter(kind="again").count() == 1


def test_the_old_past_is_no_news(account, used):
    used("u-1", TODAY - 400 * DAY, group="C-1")
    used("u-1", TODAY - 300 * DAY, group="C-1")
    look(account)
    assert (AccountUsage.objects.get().first_on, AccountUsage.objects.get().last_on) == (
        TODAY - 400 * DAY,
        TODAY - 300 * DAY,
    )
    assert [change.kind for change in UsageChange.objects.all()] == ["quiet"]


def test_the_nights_job_looks_at_everybody_with_usage(account, make_account, used):
    make_account("株式会社未利用", external_id="C-3")
    used("u-1", queries.today() - DAY, group="C-1")
    jobs.look_at_accounts()
    jobs.look_at_accounts()
    assert AccountUsage.objects.get().account_id == account.pk
    assert UsageChange.objects.count() == 1


def test_the_page_of_the_customer_shows_it_and_says_what_the_curve_shows(client_of, emi, account, used):
    today = queries.today()
    used("u-1", today - 20 * DAY, group="C-1")
    client = client_of(emi)
    assert 'id="usage"' not in client.get(f"/desk/customers/{account.pk}/").content.decode()
    look(account, today=today)
    shown = client.get(f"/desk/customers/{account.pk}/").content.decode()
    for words in ('role="img" aria-label="', "1日あたりの利用人数", "直近28日に利用した人", "Report Opened"):
        assert words in shown
    assert "14日間利用がありません" in shown
    timeline = client.get(f"/desk/customers/{account.pk}/timeline/?channel=usage").content.decode()
    assert "はじめての利用" in timeline
    english = client.get(f"/desk/customers/{account.pk}/?lang=en").content.decode()
    assert "No use for 14 days" in english
    for cause in ("効果", "おかげ", "ため", "because"):
        assert cause not in str([str(words) for words in wording.SAYS.values()])


def test_the_step_goes_once_somebody_was_in_touch(viewer_of, emi, desk, account, used):
    used("u-1", TODAY - 16 * DAY, group="C-1")
    look(account)
    now = accounts.noted_at(TODAY)
    assert [step.rank for step in declarations.STEPS.steps(viewer=desk, account=account, now=now)] == [43]
    customers.write_note(viewer=desk, account=account, body="電話した", is_internal=True, now=now)
    account.refresh_from_db()
    assert not list(declarations.STEPS.steps(viewer=desk, account=account, now=now))


def test_numbers_of_others_are_quoted_from_five_on_with_their_limit(
    client_of,
    emi,
    desk,
    account,
    person,
    make_account,
    used,
    now,
):
    today = queries.today()
    used("u-1", today - 16 * DAY, group="C-1")
    look(account, today=today)
    for number in range(5):
        other = make_account(f"株式会社第{number}号", external_id=f"D-{number}")
        row = {"account_id": other.pk, "name": "担当者"}
        contact = customers.add_contacts(viewer=desk, rows=[row], now=now)[0]
        customers.link_member(viewer=desk, contact=contact, member=make_member(f"m{number}"), now=now)
        used(f"v-{number}", today - 70 * DAY, group=f"D-{number}")
        if number < 3:
            used(f"v-{number}", today - 50 * DAY, group=f"D-{number}")
        shown = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
        assert "招待しなかった会社" not in shown
        look(other, today=today)
    shown = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    assert "ほかの5社のうち3社" in shown
    assert "招待しなかった会社との比較はありません" in shown


def test_who_sends_the_first_events_looks_for_them_on_the_page_and_finds_them(lake, key, account, client_of, emi):
    now = timezone.now()
    bring(event(7, context={"groupId": "other"}, timestamp=(now - 20 * DAY).isoformat()), key=key.pk, received_at=now)
    jobs.fold()
    sent = [event(number, context={"groupId": "C-1"}, timestamp=now.isoformat()) for number in range(3)]
    bring(*sent, key=key.pk, received_at=now)
    jobs.fold()
    run_waiting()
    usage = AccountUsage.objects.get()
    assert (usage.account_id, usage.active_7_count, usage.as_of) == (account.pk, 1, queries.today())
    page = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    assert "Report Opened" in page.partition('id="usage"')[2]
    # What comes in later waits for the night, which knows the whole of today.
    bring(event(9, userId="u-2", context={"groupId": "C-1"}, timestamp=now.isoformat()), key=key.pk, received_at=now)
    jobs.fold()
    run_waiting()
    assert AccountUsage.objects.get().active_7_count == 1
    look(account, queries.today() + DAY)
    assert AccountUsage.objects.get().active_7_count == 2
    assert UsageChange.objects.filter(kind="first").count() == 1, "the first use is told once"


def test_a_first_look_at_the_past_leaves_today_to_the_night(lake, key, account):
    now = timezone.now()
    past = [
        event(number, context={"groupId": "C-1"}, timestamp=(now - number * DAY).isoformat()) for number in (0, 2, 3)
    ]
    bring(*past, key=key.pk, received_at=now)
    jobs.fold()
    run_waiting()
    usage = AccountUsage.objects.get()
    assert usage.as_of == queries.today() - DAY
    assert sum(usage.days) == 2
