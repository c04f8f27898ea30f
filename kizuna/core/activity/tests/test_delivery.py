"""Each consumer sees each activity once, in order; one that fails holds up nobody."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import claims
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run, run_waiting
from kizuna.core.activity import actions, consumers, delivery
from kizuna.core.activity.consumers import EVERY_VERB, Consumer
from kizuna.core.activity.models import Activity, FailedDelivery
from kizuna.core.activity.types import ActivityType
from kizuna.core.community.models import Generation

pytestmark = pytest.mark.django_db

POSTED = ActivityType("test.posted", "Somebody posted.", {"topic": int})
READ = ActivityType("test.read", "Somebody read.")
broken: set[str] = set()


def taking(name: str):
    """Return a consumer function whose effect is a row naming the consumer and the activity."""

    def handle(*, activity) -> None:
        Generation.objects.create(name=f"{name} {activity.verb} {activity.pk}")
        if name in broken:
            raise ValueError(f"{name} is broken on purpose")

    return handle


FIRST = Consumer("first", (POSTED,), taking("first"))
SECOND = Consumer("second", ("test.posted", "test.read"), taking("second"), replayable=True)
HISTORICAL = Consumer("historical", EVERY_VERB, taking("historical"), historical=True, replayable=True)


@pytest.fixture(autouse=True)
def listed(settings):
    settings.KIZUNA_CONSUMERS = [f"{__name__}.{name}" for name in ("FIRST", "SECOND", "HISTORICAL")]
    consumers.all_consumers.cache_clear()
    broken.clear()
    yield
    consumers.all_consumers.cache_clear()


def record(activity_type=POSTED, **fields) -> Activity:
    with transaction.atomic():
        return actions.record(activity_type, actor_id=None, **fields)


def record_history(count: int, verb=POSTED) -> int:
    at = timezone.now() - timedelta(days=400)
    with transaction.atomic():
        return actions.record_imported([(verb, {"at": at}) for _ in range(count)], import_id=7)


def effects() -> list[str]:
    return [name for name in Generation.objects.values_list("name", flat=True) if " test." in name]


def test_consumers_of_the_verb_run_once_in_the_order_of_the_list():
    fact = record()
    run_waiting()
    assert sorted(effects()) == sorted(f"{name} test.posted {fact.pk}" for name in ("first", "second", "historical"))
    assert [consumer.name for consumer in consumers.consumers_of("test.posted")] == ["first", "second", "historical"]


def test_a_consumer_of_other_verbs_is_left_alone():
    fact = record(READ)
    run_waiting()
    assert f"first test.read {fact.pk}" not in effects()
    assert f"second test.read {fact.pk}" in effects()


def test_a_failing_consumer_is_set_aside_while_the_others_go_on():
    broken.add("second")
    fact = record()
    run_waiting()
    assert sorted(effects()) == [f"first test.posted {fact.pk}", f"historical test.posted {fact.pk}"]
    failed = FailedDelivery.objects.get()
    assert (failed.activity_id, failed.consumer) == (fact.pk, "second")
    assert "second is broken on purpose" in failed.error


def test_a_failed_delivery_is_retried_alone():
    broken.add("second")
    fact = record()
    run_waiting()
    broken.clear()
    run_waiting(ahead=timedelta(days=1))
    assert sorted(effects()) == sorted(f"{name} test.posted {fact.pk}" for name in ("first", "second", "historical"))
    assert not FailedDelivery.objects.exists()


def test_a_delivery_that_never_succeeds_stays_with_its_error():
    broken.add("second")
    record()
    for _ in range(10):
        run_waiting(ahead=timedelta(days=1))
    assert FailedDelivery.objects.count() == 1
    assert Job.objects.get(name="activity.redeliver").state == Job.State.FAILED


def test_a_delivery_goes_on_after_the_last_consumer_that_was_through(monkeypatch):
    fact = record()
    held = claims.claim(worker="one", lease_seconds=60, now=timezone.now())
    claims.note(held, progress={"delivered": ["first"]})  # the worker died after the first consumer's transaction
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    run_waiting(ahead=timedelta(minutes=5))
    assert f"first test.posted {fact.pk}" not in effects()
    assert f"second test.posted {fact.pk}" in effects()


def test_a_zombie_s_consumer_effect_is_undone():
    record()
    zombie = claims.claim(worker="one", lease_seconds=60, now=timezone.now())
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    assert run(zombie) is False
    assert effects() == []
    assert not FailedDelivery.objects.exists()


def test_imported_history_reaches_only_historical_consumers():
    assert record_history(3) == 3
    run_waiting()
    assert len(effects()) == 3
    assert all(name.startswith("historical ") for name in effects())


def test_a_batch_of_history_sets_aside_only_what_fails(monkeypatch):
    record_history(3)
    bad = Activity.objects.order_by("pk")[1].pk
    good = HISTORICAL.handle

    def handle(*, activity):
        if activity.pk == bad:
            raise ValueError("one bad row")
        good(activity=activity)

    picky = Consumer("historical", EVERY_VERB, handle, historical=True)
    monkeypatch.setattr(delivery, "all_consumers", lambda: (picky,))
    run_waiting(limit=1)
    assert len(effects()) == 2
    assert FailedDelivery.objects.get().activity_id == bad


def test_history_goes_on_after_the_last_batch_that_was_through(monkeypatch):
    monkeypatch.setattr(delivery, "IMPORTED_BATCH", 2)
    record_history(5)
    pks = list(Activity.objects.order_by("pk").values_list("pk", flat=True))
    held = claims.claim(worker="one", lease_seconds=60, now=timezone.now())
    claims.note(held, progress={"through": [], "after": pks[1]})
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    run_waiting(ahead=timedelta(minutes=5))
    assert sorted(effects()) == sorted(f"historical test.posted {pk}" for pk in pks[2:])


def test_a_replay_gives_the_same_rows_as_the_original():
    for _ in range(3):
        record()
    record_history(2)
    run_waiting()
    original = sorted(effects())
    for name in ("second", "historical"):
        Generation.objects.filter(name__startswith=name).delete()
        delivery.replay(consumer=name)
    assert sorted(effects()) == original


def test_it_refuses_to_replay_what_is_not_replayable():
    with pytest.raises(ValueError, match="first"):
        delivery.replay(consumer="first")


def test_consumers_that_cause_each_other_end_at_depth_three():
    fact = record()
    for _ in range(3):
        fact = record(caused_by=fact)
    with pytest.raises(actions.TooDeep):
        record(caused_by=fact)


def test_an_activity_deleted_before_its_delivery_is_no_error():
    record().delete()
    run_waiting()
    assert set(Job.objects.filter(name=actions.DELIVER).values_list("state", flat=True)) == {Job.State.DONE}


IDLE = Consumer("idle", EVERY_VERB, taking("idle"), historical=True, only_when=lambda: "idle" not in broken)


def test_a_consumer_for_whom_nobody_waits_costs_no_transaction(settings, monkeypatch):
    settings.KIZUNA_CONSUMERS = [f"{__name__}.IDLE"]
    consumers.all_consumers.cache_clear()
    noted: list[str] = []
    monkeypatch.setattr(delivery, "_deliver", lambda facts, consumer, progress: noted.append(consumer.name))
    broken.add("idle")
    record()
    record_history(3)
    run_waiting()
    assert noted == []
    broken.clear()
    record()
    record_history(3)
    run_waiting()
    assert noted == ["idle", "idle"]
