"""A worker visits the communities in turn, wakes up on a hint and stops in order."""

import threading
import time
from contextvars import Context
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kizuna.base.hosting import entered
from kizuna.base.jobs import claims, declared, heartbeat, ledger, worker
from kizuna.base.jobs.models import Job, WorkerHeartbeat
from kizuna.base.jobs.runner import Stopped, run
from kizuna.base.jobs.tests.killing import Workers, effects, is_listening, make_effects_table, stop, wait_until
from kizuna.base.jobs.wake import Ear
from kizuna.base.jobs.worker import JOBS_PER_VISIT, Place, Worker

order: list[str] = []


@declared.job("test.count")
def count() -> None:
    from kizuna.base.hosting import current

    order.append(current().slug)


@pytest.fixture(autouse=True)
def listed(settings):
    settings.KIZUNA_JOBS = [__name__, "kizuna.base.jobs.tests.faulty", "kizuna.base.jobs.housekeeping"]
    settings.KIZUNA_SCHEDULE = []
    declared._by_name.cache_clear()
    order.clear()
    yield
    declared._by_name.cache_clear()


@pytest.fixture
def made_worker():
    made = Worker(lease_seconds=60)
    yield made
    made._ear.close()


def enqueue_many(number: int) -> None:
    with transaction.atomic():
        for _ in range(number):
            ledger.enqueue("test.count")


def in_minato(communities, work):
    def inside():
        with entered(communities["minato"]):
            return work()

    return Context().run(inside)


@pytest.mark.django_db(transaction=True)
def test_a_backlog_in_one_community_does_not_keep_another_waiting(lent_communities, sakura, made_worker):
    enqueue_many(JOBS_PER_VISIT * 3)
    in_minato(lent_communities, lambda: enqueue_many(1))
    Context().run(made_worker._round)
    assert order.count("sakura") == JOBS_PER_VISIT
    assert order.count("minato") == 1
    assert made_worker._places["sakura"].look_at == 0.0, "its backlog is not taken up again at once"


@pytest.mark.django_db(transaction=True)
def test_a_community_without_work_is_looked_at_less_and_less_often(sakura, made_worker):
    place = Place()
    pauses = []
    for _ in range(10):
        Context().run(made_worker._visit, sakura, place)
        pauses.append(place.pause)
    assert pauses == sorted(pauses)
    assert pauses[0] < 2
    assert pauses[-1] == worker.IDLE_POLL_SECONDS


@pytest.mark.django_db(transaction=True)
def test_it_looks_again_when_the_next_job_is_due(sakura, made_worker):
    ledger.enqueue("test.count", run_at=timezone.now() + timedelta(seconds=0.4))
    place = Place(pause=20)
    Context().run(made_worker._visit, sakura, place)
    assert place.look_at - time.monotonic() < 0.5


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_does_not_end_the_worker(lent_communities, sakura, made_worker):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO jobs_away")
    in_minato(lent_communities, lambda: enqueue_many(1))
    Context().run(made_worker._round)
    assert order == ["minato"]
    assert made_worker._places["sakura"].look_at > time.monotonic()


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_a_waiting_worker_and_a_rollback_does_not(sakura):
    ear = Ear()
    ear.open()
    try:
        assert not all(is_heard_before_its_commit(ear) for _attempt in range(3))
        assert not all(is_heard_though_undone(ear) for _attempt in range(3))
    finally:
        ear.close()


def is_heard_before_its_commit(ear: Ear) -> bool:
    """Tell whether a job woke a worker before it was there. What others in this process commit is heard now and then, too."""
    let_pass(ear)
    with transaction.atomic():
        ledger.enqueue("test.count")
        ledger.enqueue("test.count")
        heard = ear.wait(seconds=0.1)
    assert ear.wait(seconds=5) == {"sakura"}
    return bool(heard)


def is_heard_though_undone(ear: Ear) -> bool:
    let_pass(ear)
    with transaction.atomic():
        ledger.enqueue("test.count")
        transaction.set_rollback(True)
    return bool(ear.wait(seconds=0.1))


def let_pass(ear: Ear) -> None:
    """Hear what earlier tests committed to its end."""
    while ear.wait(seconds=0.2):
        pass


def test_an_interrupt_ends_the_wait():
    ear = Ear()
    threading.Timer(0.1, ear.interrupt).start()
    began = time.monotonic()
    assert ear.wait(seconds=10) == set()
    assert time.monotonic() - began < 5
    ear.close()


@pytest.mark.django_db(transaction=True)
def test_a_long_job_keeps_its_lease_by_the_heartbeat(sakura):
    ledger.enqueue("test.count")
    held = claims.claim(worker="one", lease_seconds=1, now=timezone.now())
    beat = heartbeat.Heartbeat(worker="one", lease_seconds=1, serves=lambda community: True)
    beat.hold(sakura, held)
    beat.start()
    try:
        first = Job.objects.get().lease_until
        wait_until(lambda: Job.objects.get().lease_until > first + timedelta(seconds=1), seconds=10)
    finally:
        beat.stop()
    assert WorkerHeartbeat.objects.get().worker == "one"
    assert timezone.now() - heartbeat.last_sign_of_life() < timedelta(seconds=30)


@pytest.mark.django_db
def test_a_job_that_must_stop_is_given_back(monkeypatch):
    ledger.enqueue("test.count")
    held = claims.claim(worker="one", lease_seconds=60, now=timezone.now())

    def stopped(*args, **kwargs):
        raise Stopped

    monkeypatch.setattr(claims, "complete", stopped)
    with pytest.raises(Stopped):
        run(held)
    assert (Job.objects.get().state, Job.objects.get().attempts) == (Job.State.WAITING, 0)


@pytest.mark.django_db(transaction=True)
def test_a_hint_brings_the_worker_back_at_once(sakura, made_worker):
    made_worker._ear.open()
    far = time.monotonic() + 1000
    made_worker._places = {"sakura": Place(look_at=far, pause=30), "minato": Place(look_at=far, pause=30)}
    ledger.enqueue("test.count")
    made_worker._rest()
    assert made_worker._places["sakura"].look_at == 0.0
    assert made_worker._places["minato"].look_at == far


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_a_worker_process_ends_its_job_and_stops_on_sigterm(lent_communities, sakura):
    make_effects_table()
    ledger.enqueue("faulty.inside", args={"number": 1})
    workers = Workers()
    try:
        process = workers.start()
        wait_until(effects)
        stop(process)
        assert not is_listening(process)
        assert Job.objects.get(name="faulty.inside").state == Job.State.DONE
    finally:
        workers.end()
