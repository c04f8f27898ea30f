"""A job is written with the change, run by one worker, retried, and never half done."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import claims, declared, ledger, running
from kizuna.base.jobs.claims import LostLease
from kizuna.base.jobs.declared import UnknownJob, job
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run, run_waiting
from kizuna.core.community.models import Generation

pytestmark = pytest.mark.django_db

called: list[dict] = []


@job("test.note")
def note(**args) -> None:
    called.append(args)


@job("test.mark")
def mark(*, name: str) -> None:
    Generation.objects.create(name=name)


@job("test.mark_and_break")
def mark_and_break(*, name: str) -> None:
    Generation.objects.create(name=name)
    raise ValueError("broken on purpose")


@job("test.steps", effects="outside")
def steps(*, until: int, break_at: int) -> None:
    done = running.progress().get("done", 0)
    for step in range(done + 1, until + 1):
        with transaction.atomic():
            Generation.objects.create(name=f"step {step}")
            running.checkpoint({"done": step})
        if step == break_at and not done:
            raise ValueError("broken on purpose")


@pytest.fixture(autouse=True)
def listed(settings):
    """List this module's jobs beside the installation's."""
    settings.KIZUNA_JOBS = [*settings.KIZUNA_JOBS, __name__]
    declared._by_name.cache_clear()
    called.clear()
    yield
    declared._by_name.cache_clear()


def claim(**changes):
    return claims.claim(**{"worker": "one", "lease_seconds": 60, "now": timezone.now(), **changes})


def marks() -> set[str]:
    return set(Generation.objects.filter(number=1).values_list("name", flat=True))


def test_it_refuses_to_enqueue_a_job_that_nobody_declared():
    with pytest.raises(UnknownJob):
        ledger.enqueue("test.nobody")


def test_it_runs_a_job_with_its_args_and_marks_it_done():
    ledger.enqueue("test.note", args={"topic": 12})
    assert run_waiting() == 1
    assert called == [{"topic": 12}]
    assert Job.objects.get().state == Job.State.DONE


def test_a_job_is_claimed_by_one_worker_only():
    ledger.enqueue("test.note")
    assert claim(worker="one") is not None
    assert claim(worker="two") is None


def test_urgent_jobs_come_first_then_older_ones():
    ledger.enqueue("test.note", args={"order": 2})
    ledger.enqueue("test.note", args={"order": 3})
    ledger.enqueue("test.note", args={"order": 1}, priority=5)
    run_waiting()
    assert [args["order"] for args in called] == [1, 2, 3]


def test_a_job_waits_until_its_time():
    later = timezone.now() + timedelta(minutes=5)
    ledger.enqueue("test.note", run_at=later)
    assert claim() is None
    assert claims.next_due_at() == later
    assert claim(now=later) is not None


def test_the_same_key_waits_only_once_and_may_wait_again_while_the_first_runs():
    ledger.enqueue("test.note", key="same")
    ledger.enqueue("test.note", key="same")
    assert Job.objects.count() == 1
    claim()
    ledger.enqueue("test.note", key="same")
    assert Job.objects.count() == 2


def test_an_error_undoes_the_job_s_changes_and_plans_another_attempt():
    ledger.enqueue("test.mark_and_break", args={"name": "half"})
    run_waiting()
    row = Job.objects.get()
    assert "half" not in marks()
    assert row.state == Job.State.WAITING
    assert row.attempts == 1
    assert row.run_at > timezone.now() + timedelta(seconds=3)
    assert "broken on purpose" in row.error


def test_the_last_attempt_leaves_a_failed_job_with_its_error():
    ledger.enqueue("test.mark_and_break", args={"name": "half"}, max_attempts=2)
    run_waiting(ahead=timedelta(days=1))
    row = Job.objects.get()
    assert row.state == Job.State.FAILED
    assert row.attempts == 2
    assert "broken on purpose" in row.error


def test_a_failed_job_can_be_tried_again_by_hand():
    ledger.enqueue("test.mark_and_break", args={"name": "half"}, max_attempts=1)
    run_waiting()
    assert ledger.retry_failed(job_id=Job.objects.get().pk)
    assert Job.objects.get().state == Job.State.WAITING


def test_a_job_whose_code_is_gone_fails_with_a_reason():
    Job.objects.create(name="test.gone", run_at=timezone.now(), created_at=timezone.now(), max_attempts=1)
    run_waiting()
    assert "UnknownJob" in Job.objects.get().error


def test_waits_between_attempts_grow_to_an_hour():
    waits = [claims.retry_delay(attempt).total_seconds() for attempt in range(1, 9)]
    assert 3.7 <= waits[0] <= 6.3
    assert all(later > earlier for earlier, later in pairwise(waits[:6]))
    assert max(waits) <= 4500


def test_an_expired_lease_frees_the_job():
    ledger.enqueue("test.note")
    claim()
    now = timezone.now()
    assert claims.sweep(now=now) == 0
    assert claims.sweep(now=now + timedelta(seconds=61)) == 1
    assert claim(worker="two", now=now + timedelta(seconds=62)).attempt == 2


def test_a_heartbeat_keeps_the_lease():
    ledger.enqueue("test.note")
    held = claim()
    now = timezone.now()
    assert claims.extend(held, lease_seconds=60, now=now + timedelta(seconds=50))
    assert claims.sweep(now=now + timedelta(seconds=61)) == 0


def test_the_only_worker_frees_orphans_without_waiting_for_their_leases():
    ledger.enqueue("test.note")
    claim()
    assert claims.sweep(now=timezone.now(), orphans=True) == 1


def test_a_job_whose_worker_dies_every_time_fails_in_the_end():
    ledger.enqueue("test.note", max_attempts=2)
    now = timezone.now()
    for attempt in (1, 2):
        assert claim(now=now + timedelta(hours=attempt)).attempt == attempt
        claims.sweep(now=now + timedelta(hours=attempt, minutes=2))
    assert Job.objects.get().state == Job.State.FAILED
    assert "was lost in attempt 2" in Job.objects.get().error


def test_a_worker_believed_dead_changes_nothing_when_it_comes_back():
    ledger.enqueue("test.mark", args={"name": "zombie"})
    zombie = claim(worker="one")
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    heir = claim(worker="two", now=timezone.now() + timedelta(seconds=62))
    assert run(zombie) is False
    assert "zombie" not in marks()
    assert not claims.extend(zombie, lease_seconds=60, now=timezone.now())
    assert run(heir) is True
    assert "zombie" in marks()


def test_a_zombie_s_error_does_not_disturb_the_heir():
    ledger.enqueue("test.mark_and_break", args={"name": "half"})
    zombie = claim(worker="one")
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    claim(worker="two", now=timezone.now() + timedelta(seconds=62))
    run(zombie)
    row = Job.objects.get()
    assert (row.state, row.lease_by) == (Job.State.RUNNING, "two")


def test_a_retry_is_left_to_a_waiting_job_of_the_same_key():
    ledger.enqueue("test.mark_and_break", args={"name": "half"}, key="same")
    held = claim()
    ledger.enqueue("test.mark_and_break", args={"name": "half"}, key="same")
    run(held)
    assert sorted(Job.objects.values_list("state", flat=True)) == [Job.State.DONE, Job.State.WAITING]


def test_a_sweep_leaves_a_lost_job_to_a_waiting_one_of_the_same_key():
    ledger.enqueue("test.note", key="same")
    claim()
    ledger.enqueue("test.note", key="same")
    assert claims.sweep(now=timezone.now() + timedelta(seconds=61)) == 1
    assert Job.objects.filter(state=Job.State.WAITING).count() == 1


def test_a_long_job_goes_on_from_its_last_checkpoint():
    ledger.enqueue("test.steps", args={"until": 4, "break_at": 2})
    run_waiting(ahead=timedelta(days=1))
    assert Job.objects.get().state == Job.State.DONE
    assert marks() >= {"step 1", "step 2", "step 3", "step 4"}


def test_a_zombie_s_next_checkpoint_undoes_its_step():
    ledger.enqueue("test.steps", args={"until": 1, "break_at": 0})
    zombie = claim(worker="one")
    claims.sweep(now=timezone.now() + timedelta(seconds=61))
    assert run(zombie) is False
    assert "step 1" not in marks()


def test_a_checkpoint_outside_of_a_job_notes_nothing():
    running.checkpoint({"done": 1})
    assert running.progress() == {}


def test_a_stopped_job_goes_back_without_counting_the_attempt():
    ledger.enqueue("test.note")
    claims.give_back(claim(), now=timezone.now())
    row = Job.objects.get()
    assert (row.state, row.attempts, row.lease_by) == (Job.State.WAITING, 0, "")


def test_completing_a_job_that_is_not_ours_raises():
    ledger.enqueue("test.note")
    held = claim()
    claims.sweep(now=timezone.now(), orphans=True)
    with pytest.raises(LostLease):
        claims.complete(held, now=timezone.now())


def test_a_less_urgent_job_runs_when_the_urgent_ones_are_not_due():
    ledger.enqueue("test.note", args={"urgent": True}, priority=9, run_at=timezone.now() + timedelta(hours=1))
    ledger.enqueue("test.note", args={"urgent": False}, priority=-9)
    assert claim().args == {"urgent": False}
    assert claim() is None
