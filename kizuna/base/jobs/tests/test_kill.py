"""Workers killed with -9 lose nothing and repeat nothing."""

import random
import threading
import time
from contextvars import copy_context

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kizuna.base.jobs import declared, ledger, schedule
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.tests.faulty import POINTS
from kizuna.base.jobs.tests.killing import Workers, effects, is_listening, make_effects_table, stop, wait_until
from tests.databases import is_postgresql

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

JOBS = 6
EXPECTED = {f"inside {number} {part}" for number in range(JOBS) for part in "ab"} | {
    f"steps {number} {step}" for number in range(JOBS) for step in range(3)
}


@pytest.fixture
def workers(lent_communities, sakura, settings):
    settings.KIZUNA_JOBS = ["kizuna.base.jobs.tests.faulty"]
    declared._by_name.cache_clear()
    make_effects_table()
    made = Workers()
    yield made
    made.end()
    declared._by_name.cache_clear()


def enqueue_all() -> None:
    with transaction.atomic():
        for number in range(JOBS):
            ledger.enqueue("faulty.inside", args={"number": number})
            ledger.enqueue("faulty.steps", args={"number": number})


def assert_each_effect_happened_once() -> None:
    assert effects() == dict.fromkeys(EXPECTED, 1)
    assert set(Job.objects.filter(name__startswith="faulty").values_list("state", flat=True)) == {Job.State.DONE}


@pytest.mark.parametrize("seed", range(3))
def test_each_effect_happens_once_when_workers_are_killed_at_two_points(workers, seed):
    """Three rounds pass all six points; the passage at which a worker dies is drawn."""
    draw = random.Random(seed)
    enqueue_all()
    for point in (POINTS[seed], POINTS[seed + 3]):
        workers.start_and_see_killed(point, draw.randint(1, 4))
    workers.finish_all_jobs()
    assert_each_effect_happened_once()


@pytest.mark.slow
@pytest.mark.parametrize("nth", [1, 2, 5])
@pytest.mark.parametrize("point", POINTS)
def test_each_effect_happens_once_at_every_point(workers, point, nth):
    enqueue_all()
    workers.start_and_see_killed(point, nth)
    workers.finish_all_jobs()
    assert_each_effect_happened_once()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_each_effect_happens_once_when_workers_are_killed_at_any_time(workers, seed):
    draw = random.Random(seed)
    enqueue_all()
    for _ in range(3):
        process = workers.start()
        time.sleep(draw.uniform(0.3, 2.0))
        process.kill()
        process.wait()
    workers.finish_all_jobs()
    assert_each_effect_happened_once()


def test_two_schedulers_fire_one_slot_once(settings, sakura):
    settings.KIZUNA_SCHEDULE = [("jobs.prune", "every 1h"), ("activity.roll_up", "daily 03:00 Asia/Tokyo")]
    now = timezone.now()
    barrier = threading.Barrier(4)

    def fire() -> None:
        barrier.wait()
        schedule.materialise(now=now)
        connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(fire,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.exclude(cron_slot=None).count() == 2


@pytest.mark.skipif(not is_postgresql(), reason="SQLite takes exactly one worker")
def test_two_workers_fire_each_slot_once_even_when_one_is_killed(workers):
    first = workers.start(FAULTY_TICKS="1")
    second = workers.start(FAULTY_TICKS="1")
    wait_until(lambda: effects()["tick"] >= 3)
    first.kill()
    seen = effects()["tick"]
    wait_until(lambda: effects()["tick"] >= seen + 3)
    stop(second)
    slots = Job.objects.filter(name="faulty.tick")
    assert slots.count() == slots.values("cron_slot").distinct().count()
    assert effects()["tick"] == slots.filter(state=Job.State.DONE).count()


@pytest.mark.skipif(is_postgresql(), reason="PostgreSQL takes many workers")
def test_a_second_worker_leaves_sqlite_alone(workers):
    enqueue_all()
    first = workers.start()
    wait_until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())
    second = workers.start("after_claim", 1)
    wait_until(lambda: is_listening(second))
    with transaction.atomic():
        ledger.enqueue("faulty.inside", args={"number": 0})
    wait_until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())
    assert second.poll() is None, "the second worker claimed a job"
    stop(first)
    stop(second)
