"""Each slot of a periodic job becomes one row."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks

from kizuna.base.jobs import schedule
from kizuna.base.jobs.checks import TAG
from kizuna.base.jobs.housekeeping import DONE_KEPT_DAYS, prune
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.schedule import BadSchedule, parse

NOW = datetime(2026, 11, 22, 3, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "latest", "following"),
    [
        ("every 5m", datetime(2026, 11, 22, 3, 5, tzinfo=UTC), datetime(2026, 11, 22, 3, 10, tzinfo=UTC)),
        ("every 1h", datetime(2026, 11, 22, 3, 0, tzinfo=UTC), datetime(2026, 11, 22, 4, 0, tzinfo=UTC)),
        (
            "daily 03:00 Asia/Tokyo",
            datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
            datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
        ),
        (
            "daily 12:30 Asia/Tokyo",
            datetime(2026, 11, 21, 3, 30, tzinfo=UTC),
            datetime(2026, 11, 22, 3, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_rhythm_knows_its_latest_and_its_following_slot(text, latest, following):
    rhythm = parse(text)
    assert rhythm.latest(NOW) == latest
    assert rhythm.following(latest) == following


def test_a_daily_slot_keeps_its_wall_clock_time_when_the_clocks_change():
    rhythm = parse("daily 09:00 Europe/Berlin")
    summer = rhythm.latest(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    assert summer == datetime(2026, 10, 24, 7, 0, tzinfo=UTC)
    assert rhythm.following(summer) == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "5m", "every 0m", "every 2d", "daily 25:00 Asia/Tokyo", "daily 03:00 Asia/Edo"])
def test_it_refuses_a_rhythm_that_it_does_not_understand(text):
    with pytest.raises(BadSchedule):
        parse(text)


@pytest.mark.django_db
def test_a_slot_becomes_one_row_however_often_one_looks(settings):
    settings.KIZUNA_SCHEDULE = [("jobs.prune", "every 5m")]
    for seconds in (0, 1, 100):
        schedule.materialise(now=NOW + timedelta(seconds=seconds))
    assert list(Job.objects.values_list("cron_slot", flat=True)) == ["jobs.prune 2026-11-22T03:05:00Z"]


@pytest.mark.django_db
def test_after_downtime_only_the_latest_slot_fires(settings):
    settings.KIZUNA_SCHEDULE = [("jobs.prune", "every 5m")]
    schedule.materialise(now=NOW)
    schedule.materialise(now=NOW + timedelta(days=400))
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_clock_that_goes_back_fires_nothing_again(settings):
    settings.KIZUNA_SCHEDULE = [("jobs.prune", "daily 03:00 Asia/Tokyo")]
    for days in (0, 1, 0):
        schedule.materialise(now=NOW + timedelta(days=days))
    assert Job.objects.count() == 2


def test_the_next_slot_is_the_earliest_of_all(settings):
    settings.KIZUNA_SCHEDULE = [("a", "every 1h"), ("b", "every 5m")]
    assert schedule.next_slot_at(now=NOW) == datetime(2026, 11, 22, 3, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_old_done_rows_go_and_failed_ones_stay():
    old = NOW - timedelta(days=DONE_KEPT_DAYS + 400)
    for state, finished_at in ((Job.State.DONE, old), (Job.State.FAILED, old), (Job.State.WAITING, None)):
        Job.objects.create(name="x", state=state, finished_at=finished_at, run_at=old, created_at=old)
    assert prune() == 1
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.FAILED, Job.State.WAITING}


def test_done_rows_are_kept_longer_than_the_longest_period():
    assert timedelta(days=DONE_KEPT_DAYS) > schedule.LONGEST_PERIOD


def test_the_names_of_the_installation_hold():
    assert run_checks(tags=[TAG]) == []


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("KIZUNA_JOBS", ["kizuna.nowhere.jobs"], "kizuna.E001"),
        ("KIZUNA_JOBS", ["kizuna.base.jobs.tasks", "kizuna.base.jobs.tasks"], "kizuna.E002"),
        ("KIZUNA_SCHEDULE", [("nobody.did", "every 5m")], "kizuna.E003"),
        ("KIZUNA_SCHEDULE", [("jobs.prune", "sometimes")], "kizuna.E004"),
        ("KIZUNA_SCHEDULE", [("jobs.prune", "every 5m"), ("jobs.prune", "every 6m")], "kizuna.E005"),
        ("KIZUNA_CONSUMERS", ["kizuna.nowhere.consumers.THING"], "kizuna.E010"),
        ("KIZUNA_CONSUMERS", ["kizuna.base.jobs.tasks.LedgerBackend"], "kizuna.E011"),
    ],
)
def test_start_up_finds_a_name_that_does_not_hold(settings, setting, value, code):
    setattr(settings, setting, value)
    assert code in {message.id for message in run_checks(tags=[TAG])}
