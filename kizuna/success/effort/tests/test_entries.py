"""Rows of hours: what is taken, what is refused, and what follows for the customer."""

from datetime import date, timedelta

import pytest

from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, Touchpoint
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Derived, Work
from kizuna.success.effort.models import Effort, EffortFunction, EffortWeekChange
from kizuna.success.effort.queries.offers import offers_for
from kizuna.success.effort.queries.rows import RowFilter, efforts_visible_to, personal_rows_of
from kizuna.success.effort.queries.sums import account_minutes, team_sums
from kizuna.success.effort.queries.weeks import LineKey, week_of
from kizuna.success.effort.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 0}, {"minutes": -5}, {"minutes": 1441}, {"minutes": True}, {"minutes": 1.5}, {"minutes": "60"},
        {"day": date(2026, 11, 23)}, {"day": date(2020, 1, 1)}, {"day": None}, {"touch": "<script>"}, {"note": "x" * 401},
        {"account_id": 987654}, {"contact_id": 1},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(noted, fields):
    with pytest.raises(Refused):
        noted(**{"minutes": 30, **fields})
    assert not Effort.objects.exists()


def test_a_day_has_24_hours(noted):
    noted(23 * 60)
    with pytest.raises(Refused):
        noted(61, slug="support")
    noted(60, slug="support")


def test_a_person_belongs_to_the_customer(noted, account, person, desk, now):
    other = customers.create_account(viewer=desk, fields={"name": "有限会社こだま"}, now=now)
    with pytest.raises(Refused):
        noted(account_id=other.pk, contact_id=person.pk)
    assert noted(account_id=account.pk, contact_id=person.pk).contact == person


def test_hours_stand_on_the_timeline_of_their_customer_alone_and_are_no_touch(noted, account, desk, now):
    noted()
    assert not Touchpoint.objects.exists()
    effort = noted(account_id=account.pk, note="資料の準備")
    touch = Touchpoint.objects.get()
    assert (touch.channel, touch.is_internal, touch.account) == ("effort", True, account)
    assert Account.objects.get(pk=account.pk).last_touched_at is None
    work = Work(day=MONDAY, minutes=30, function_id=effort.function_id)
    actions.change_effort(viewer=desk, effort=effort, work=work, now=now)
    assert not Touchpoint.objects.exists()


def test_the_line_of_a_customer_counts_thirty_days_and_what_was_merged_into_it(noted, account, desk, now):
    other = customers.create_account(viewer=desk, fields={"name": "青波堂"}, now=now)
    today = date(2026, 11, 22)
    noted(100, account_id=account.pk, day=today - timedelta(days=29))
    noted(50, account_id=account.pk, day=today - timedelta(days=30))
    noted(20, account_id=other.pk, day=today)
    assert account_minutes(account.pk, today=today) == (100, 1)
    third = customers.create_account(viewer=desk, fields={"name": "青波"}, now=now)
    noted(3, account_id=third.pk, day=today)
    customers.merge_accounts(viewer=desk, kept=other, absorbed=third, now=now)
    merge = customers.merge_accounts(viewer=desk, kept=account, absorbed=other, now=now)
    assert account_minutes(account.pk, today=today) == (123, 3)
    customers.undo_merge(viewer=desk, merge=merge, now=now)
    assert account_minutes(account.pk, today=today) == (100, 1)


def test_only_ones_own_hours_may_be_changed_but_by_owners_and_admins(noted, rin, viewer_of, desk, owner, now):
    effort = noted()
    work = Work(day=MONDAY, minutes=10, function_id=effort.function_id)
    for act in (
        lambda viewer: actions.change_effort(viewer=viewer, effort=effort, work=work, now=now),
        lambda viewer: actions.remove_effort(viewer=viewer, effort=effort, now=now),
    ):
        with pytest.raises(Refused):
            act(viewer_of(rin))
        act(owner)


def test_who_sees_which_rows(noted, account, rin, ben, chie, viewer_of, desk, owner):
    own, shared = noted(), noted(account_id=account.pk)
    theirs = noted(viewer=viewer_of(ben), slug="community")
    seen = lambda viewer: set(efforts_visible_to(viewer))  # noqa: E731
    assert seen(desk) == {own, shared}
    assert seen(viewer_of(rin)) == {shared}
    assert seen(viewer_of(ben)) == {theirs}
    assert seen(owner) == {own, shared, theirs}
    assert seen(viewer_of(chie)) == seen(viewer_of(None)) == set()


def test_a_moderator_notes_hours_but_learns_of_no_customer(noted, ben, viewer_of, account):
    assert noted(viewer=viewer_of(ben)).minutes == 90
    with pytest.raises(Refused):
        noted(viewer=viewer_of(ben), account_id=account.pk)


def test_a_closed_week_takes_nothing_until_it_is_opened_with_a_reason(noted, desk, owner, now):
    later = now + timedelta(days=1)
    effort = noted()
    with pytest.raises(Refused):
        actions.close_week(viewer=desk, week_on=MONDAY, now=later)
    with pytest.raises(Refused):
        actions.close_week(viewer=owner, week_on=MONDAY, now=now)  # it is Sunday still
    actions.close_week(viewer=owner, week_on=MONDAY, now=later)
    actions.close_week(viewer=owner, week_on=MONDAY, now=later)
    work = Work(day=date(2026, 11, 23), minutes=5, function_id=effort.function_id)
    for act in (
        lambda: noted(at=later),
        lambda: actions.change_effort(viewer=owner, effort=effort, work=work, now=later),
        lambda: actions.remove_effort(viewer=desk, effort=effort, now=later),
        lambda: actions.fill_week(
            viewer=desk, week_on=MONDAY, cells={(LineKey(effort.function_id), MONDAY): (90, 0)}, now=later
        ),
        lambda: actions.reopen_week(viewer=owner, week_on=MONDAY, reason="  ", now=later),
    ):
        with pytest.raises(Refused):
            act()
    row = Derived(key="call:1", member_id=desk.own_id, day=MONDAY, minutes=5)
    assert list(actions.note_derived(rows=[row], now=later)) == ["call:1"]
    actions.reopen_week(viewer=owner, week_on=MONDAY, reason="入力もれ", now=later)
    noted(at=later)
    assert list(EffortWeekChange.objects.order_by("pk").values_list("is_closed", "reason")) == [
        (True, ""),
        (False, "入力もれ"),
    ]


def test_what_a_source_measured_is_counted_once_and_follows_it(desk, emi, account, now):
    row = Derived(
        key="ticket:7:emi", member_id=emi.pk, day=MONDAY, minutes=15, function="support", account_id=account.pk
    )
    for minutes in (15, 15, 25):
        assert actions.note_derived(rows=[Derived(**{**vars(row), "minutes": minutes})], now=now) == {}
    effort = Effort.objects.get()
    assert (effort.minutes, effort.how, effort.function.slug) == (25, "derived", "support")
    assert Touchpoint.objects.filter(channel="effort").count() == 1


def test_a_source_brings_back_nothing_that_a_person_corrected_or_removed(desk, emi, now):
    row = Derived(key="call:1", member_id=emi.pk, day=MONDAY, minutes=15)
    actions.note_derived(rows=[row], now=now)
    effort = Effort.objects.get()
    work = Work(day=MONDAY, minutes=40, function_id=effort.function_id)
    actions.change_effort(viewer=desk, effort=effort, work=work, now=now)
    actions.note_derived(rows=[row], now=now)
    effort.refresh_from_db()
    assert (effort.minutes, effort.how) == (40, "manual")
    actions.remove_effort(viewer=desk, effort=effort, now=now)
    actions.note_derived(rows=[row], now=now)
    assert not Effort.objects.filter(is_removed=False).exists()


def test_one_bad_row_of_a_source_stops_no_other(emi, now):
    rows = [
        Derived(key="bad", member_id=emi.pk, day=MONDAY, minutes=0),
        Derived(key="good", member_id=emi.pk, day=MONDAY, minutes=5),
        Derived(key="odd", member_id=emi.pk, day=MONDAY, minutes=5, function="nothing"),
    ]
    assert set(actions.note_derived(rows=rows, now=now)) == {"bad", "odd"}
    assert Effort.objects.get().source_key == "good"


def test_the_length_in_ones_own_note_is_taken_over_once(desk, rin, viewer_of, account, now):
    words = "電話15分。送料のご相談。"
    note = customers.write_note(viewer=desk, account=account, body=words, is_internal=True, now=now)
    days = {"since": MONDAY, "until": MONDAY + timedelta(days=7)}
    assert [item.offer.minutes for item in offers_for(desk, **days)] == [15]
    assert offers_for(viewer_of(rin), **days) == []
    with pytest.raises(Refused):
        actions.take_offer(viewer=viewer_of(rin), source="note", key=str(note.pk), now=now)
    for _click in range(2):
        actions.take_offer(viewer=desk, source="note", key=str(note.pk), now=now)
    effort = Effort.objects.get()
    assert (effort.minutes, effort.how, effort.account, effort.day) == (15, "derived", account, date(2026, 11, 22))
    assert offers_for(desk, **days) == []
    for source, key in (("nothing", "1"), ("note", "x"), ("note", "9" * 30), ("note", "")):
        with pytest.raises(Refused):
            actions.take_offer(viewer=desk, source=source, key=key, now=now)


def test_the_table_sets_typed_minutes_and_leaves_the_rest_alone(noted, desk, function, account, now):
    noted(30)
    noted(20)
    noted(15, note="下調べ")
    key = LineKey(function().pk)
    cells = {(key, MONDAY): (50, 60), (LineKey(function("support").pk, "low", account.pk), MONDAY): (0, 45)}
    assert actions.fill_week(viewer=desk, week_on=MONDAY, cells=cells, now=now) == 2
    week = week_of(desk, MONDAY)
    first = next(line for line in week.lines if line.key == key)
    assert (first.cells[0].typed, first.cells[0].other, week.total) == (60, 15, 120)
    with pytest.raises(Refused):  # another window has changed it meanwhile
        actions.fill_week(viewer=desk, week_on=MONDAY, cells={(key, MONDAY): (50, 10)}, now=now)
    with pytest.raises(Refused):
        actions.fill_week(viewer=desk, week_on=MONDAY, cells={(key, date(2026, 11, 9)): (0, 10)}, now=now)
    actions.fill_week(viewer=desk, week_on=MONDAY, cells={(key, MONDAY): (60, 0)}, now=now)
    assert week_of(desk, MONDAY).total == 60


def test_a_refused_cell_leaves_the_whole_table_unsaved(desk, function, now):
    cells = {(LineKey(function().pk), MONDAY): (0, 60), (LineKey(999_999), MONDAY): (0, 30)}
    with pytest.raises(Refused):
        actions.fill_week(viewer=desk, week_on=MONDAY, cells=cells, now=now)
    assert not Effort.objects.exists()


def test_lines_of_last_week_come_without_hours(noted, desk, function, account):
    noted(30, day=date(2026, 11, 9), touch="high", account_id=account.pk)
    assert all(line.key.touch == "" for line in week_of(desk, MONDAY).lines)
    week = week_of(desk, MONDAY, with_last=True)
    assert LineKey(function().pk, "high", account.pk) in [line.key for line in week.lines]
    assert week.total == 0


def test_sums_of_the_team_are_kept_apart_by_how_and_name_persons_only_to_managers(
    noted, desk, rin, ben, viewer_of, owner, account, now
):
    noted(60, account_id=account.pk, touch="high")
    noted(30, viewer=viewer_of(rin), slug="support")
    actions.note_derived(rows=[Derived(key="call:1", member_id=rin.pk, day=MONDAY, minutes=10)], now=now)
    wanted = RowFilter(since=MONDAY, until=MONDAY)
    found = team_sums(desk, wanted)
    assert (found.minutes, found.count, found.people) == (100, 3, 2)
    assert [(share.value, share.minutes) for share in found.by_how] == [("manual", 90), ("derived", 10)]
    assert [(share.value, share.minutes) for share in found.by_touch] == [("high", 60), ("", 40)]
    assert [(share.value, share.minutes) for share in found.by_account] == [(account, 60)]
    assert found.by_person == []
    assert team_sums(desk, wanted.but(member="rin")).minutes == 100  # nobody is picked out by an address
    assert [share.minutes for share in team_sums(owner, wanted).by_person] == [60, 40]
    assert team_sums(viewer_of(ben), wanted).minutes == 0


def test_a_retired_function_keeps_its_hours_and_takes_no_more(noted, owner, function, now):
    effort = noted(slug="research")
    actions.retire_function(viewer=owner, function=function("research"), is_retired=True, now=now)
    with pytest.raises(Refused):
        noted(slug="research")
    work = Work(day=MONDAY, minutes=10, function_id=effort.function_id)
    assert actions.change_effort(viewer=owner, effort=effort, work=work, now=now).minutes == 10
    for slug in ("success", "support"):
        actions.retire_function(viewer=owner, function=function(slug), is_retired=True, now=now)
    with pytest.raises(Refused):
        actions.retire_function(viewer=owner, function=function("community"), is_retired=True, now=now)


def test_a_function_is_added_and_renamed_by_managers(desk, owner, now):
    with pytest.raises(Refused):
        actions.define_function(viewer=desk, slug="sales", label={"ja": "営業"}, now=now)
    for label in ("営業", "営業支援"):
        actions.define_function(viewer=owner, slug="sales", label={"ja": label}, now=now)
    assert EffortFunction.objects.get(slug="sales").label["ja"] == "営業支援"
    for slug, label in (("Sales!", "x"), ("", "x"), ("ok", " ")):
        with pytest.raises(Refused):
            actions.define_function(viewer=owner, slug=slug, label={"ja": label}, now=now)


def test_an_erased_person_leaves_hours_without_words(noted, emi, account):
    noted(account_id=account.pk, note="三浦様と電話")
    assert personal_rows_of(emi)["effort"][0]["note"] == "三浦様と電話"
    actions.erase_person(emi)
    effort = Effort.objects.get()
    assert (effort.member, effort.note, effort.minutes) == (None, "", 90)
    assert personal_rows_of(emi) == {"effort": [], "effort_timer": []}
