"""Counts per member, verb and day agree with the log, whatever the order of arrival."""

import threading
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kizuna.base import registry
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity import actions, rollups
from kizuna.core.activity.models import Activity, MemberDayCount
from kizuna.core.activity.types import ActivityType
from kizuna.core.community import actions as community
from kizuna.core.community.settings import TIME_ZONE
from tests.cast import make_member
from tests.databases import is_postgresql

pytestmark = pytest.mark.django_db

POSTED = ActivityType("test.posted", "Somebody posted.")
READ = ActivityType("test.read", "Somebody read.")
MIDNIGHT_IN_TOKYO = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def record(member, *, at=None, verb=POSTED) -> Activity:
    with transaction.atomic():
        return actions.record(verb, actor_id=member.pk if member else None, at=at)


def counts() -> dict[tuple[str, str, date], int]:
    rows = MemberDayCount.objects.select_related("member")
    return {(row.member.handle, row.verb, row.day): row.count for row in rows}


def test_it_counts_per_member_verb_and_day(chie, ben):
    at = MIDNIGHT_IN_TOKYO
    for member, verb in ((chie, POSTED), (chie, POSTED), (chie, READ), (ben, POSTED), (None, POSTED)):
        record(member, at=at, verb=verb)
    assert rollups.roll_up() == 5
    day = date(2026, 11, 22)
    assert counts() == {
        ("chie", "test.posted", day): 2,
        ("chie", "test.read", day): 1,
        ("ben", "test.posted", day): 1,
    }


def test_it_adds_to_what_is_counted_and_counts_nothing_twice(chie):
    record(chie, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()
    assert rollups.roll_up() == 0
    record(chie, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()
    assert counts() == {("chie", "test.posted", date(2026, 11, 22)): 2}


def test_a_day_begins_at_midnight_of_the_community_s_time_zone(chie):
    record(chie, at=MIDNIGHT_IN_TOKYO - timedelta(seconds=1))
    record(chie, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()
    assert sorted(day for _, _, day in counts()) == [date(2026, 11, 21), date(2026, 11, 22)]


def test_a_change_of_the_time_zone_counts_everything_again(chie):
    record(chie, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()
    community.change_setting(TIME_ZONE, value="America/New_York", member_id=None)
    rollups.roll_up()
    assert counts() == {("chie", "test.posted", date(2026, 11, 21)): 1}


def test_while_days_are_counted_again_it_says_so(chie, monkeypatch):
    monkeypatch.setattr(rollups, "BATCH", 4)
    monkeypatch.setattr(rollups, "CLEARED_AT_ONCE", 3)
    for number in range(10):
        record(chie, at=MIDNIGHT_IN_TOKYO + timedelta(days=number))
    rollups.roll_up()
    assert rollups.counted_again() is None
    community.change_setting(TIME_ZONE, value="America/New_York", member_id=None)
    assert rollups.counted_again() == (0, Activity.objects.latest("pk").pk)
    seen = []
    while (counted := rollups._count_batch()) is not None:
        seen.append((counted, rollups.is_counting_again()))
    assert seen == [(0, True)] * 4 + [(4, True), (4, True), (2, False)]
    assert sorted(day.day for _, _, day in counts()) == [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]


def test_imported_history_falls_on_its_own_days(chie):
    record(chie, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()
    past = datetime(2024, 2, 29, 3, 0, tzinfo=UTC)
    with transaction.atomic():
        actions.record_imported([(POSTED, {"actor_id": chie.pk, "at": past})] * 3, import_id=1)
    rollups.roll_up()
    assert counts()[("chie", "test.posted", date(2024, 2, 29))] == 3


def test_a_delivery_asks_for_one_roll_up_however_many_activities(chie):
    for _ in range(5):
        record(chie)
    run_waiting()
    assert Job.objects.filter(name="activity.roll_up", state=Job.State.WAITING).count() == 1
    run_waiting(ahead=timedelta(minutes=1))
    assert sum(counts().values()) == 5


def test_a_rebuild_equals_the_original(chie, ben, monkeypatch):
    monkeypatch.setattr(rollups, "BATCH", 7)
    for number in range(60):
        record(
            (chie, ben)[number % 2],
            at=MIDNIGHT_IN_TOKYO - timedelta(hours=7 * number),
            verb=(POSTED, READ)[number % 3 % 2],
        )
        if number % 11 == 0:
            rollups.roll_up()
    rollups.roll_up()
    original = counts()
    lines: list[str] = []
    registry.by_name(registry.Rebuild, "rollups").run(report=lines.append)
    assert counts() == original
    assert sum(original.values()) == 60
    assert lines[-1] == "60 activities counted"


@pytest.mark.skipif(not is_postgresql(), reason="SQLite has one writer: ids commit in order")
@pytest.mark.django_db(transaction=True)
def test_a_commit_that_arrives_out_of_order_is_counted():
    """One transaction takes its id first and commits last; the cursor must not pass it."""
    chie = make_member("chie")
    late_has_its_id, early_is_counted = threading.Event(), threading.Event()
    ids: dict[str, int] = {}
    context = copy_context()

    def commit_late() -> None:
        with transaction.atomic():
            ids["late"] = actions.record(POSTED, actor_id=chie.pk, at=timezone.now()).pk
            late_has_its_id.set()
            early_is_counted.wait(timeout=30)
        connection.close()

    late = threading.Thread(target=context.run, args=(commit_late,))
    late.start()
    assert late_has_its_id.wait(timeout=30)
    ids["early"] = record(chie, at=timezone.now()).pk
    rollups.roll_up()
    assert ids["late"] < ids["early"]
    assert sum(counts().values()) == 0, "a row above an open one was counted"
    early_is_counted.set()
    late.join(timeout=30)
    rollups.roll_up()
    assert sum(counts().values()) == 2


@pytest.mark.skipif(not is_postgresql(), reason="SQLite has one writer: ids commit in order")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_with_an_older_number_and_a_higher_id_hides_nothing():
    """Why `xmin` below the oldest running transaction is no ceiling for ids: its number is older, its id is higher."""
    chie = make_member("chie")
    older_began, younger_has_its_id, older_is_through = threading.Event(), threading.Event(), threading.Event()
    context = copy_context()
    other = copy_context()

    def older_number_higher_id() -> None:
        with transaction.atomic():
            Job.objects.create(name="test", run_at=timezone.now(), created_at=timezone.now())  # takes its number
            older_began.set()
            younger_has_its_id.wait(timeout=30)
            actions.record(POSTED, actor_id=chie.pk)
        connection.close()

    def younger_number_lower_id() -> None:
        older_began.wait(timeout=30)
        with transaction.atomic():
            actions.record(POSTED, actor_id=chie.pk)
            younger_has_its_id.set()
            older_is_through.wait(timeout=30)
        connection.close()

    older = threading.Thread(target=context.run, args=(older_number_higher_id,))
    younger = threading.Thread(target=other.run, args=(younger_number_lower_id,))
    older.start()
    younger.start()
    older.join(timeout=30)
    rollups.roll_up()
    assert sum(counts().values()) == 0
    older_is_through.set()
    younger.join(timeout=30)
    rollups.roll_up()
    assert sum(counts().values()) == 2


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_a_counter_lose_nothing():
    chie = make_member("chie")

    def write() -> None:
        for _ in range(25):
            record(chie)

    contexts = [copy_context() for _ in range(4)]
    writers = [
        threading.Thread(target=context.run, args=(lambda: (write(), connection.close()),)) for context in contexts
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        rollups.roll_up()
    rollups.roll_up()
    assert sum(counts().values()) == 100
    assert Activity.objects.count() == 100
