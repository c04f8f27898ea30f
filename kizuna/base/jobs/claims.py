"""The life of a job's row: claimed with a lease, then done, put back or failed.

Whoever ends a job must still hold it: every change compares the worker and the attempt in its WHERE, so a worker that
was believed dead and comes back changes nothing (and its transaction is rolled back by `LostLease`).
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from kizuna.base.jobs.models import Job

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
LONGEST_ERROR = 4000


class LostLease(RuntimeError):
    """Another worker holds the job by now: nothing of this attempt may be kept."""


@dataclass(frozen=True)
class Claim:
    """One attempt at one job by one worker."""

    job_id: int
    name: str
    args: dict[str, Any]
    progress: dict[str, Any]
    worker: str
    attempt: int
    max_attempts: int


def claim(*, worker: str, lease_seconds: float, now: datetime) -> Claim | None:
    """Take the most urgent job that is due, or return None."""
    due = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now).order_by("-priority", "run_at", "id")
    lease = {
        "state": Job.State.RUNNING,
        "attempts": F("attempts") + 1,
        "lease_by": worker,
        "lease_until": now + timedelta(seconds=lease_seconds),
    }
    if connection.features.has_select_for_update_skip_locked:
        job = _claimed_by_lock(due, lease)
    else:
        job = _claimed_by_condition(due, lease)
    if job is None:
        return None
    return Claim(
        job_id=job.pk,
        name=job.name,
        args=job.args,
        progress=job.progress,
        worker=worker,
        attempt=job.attempts + 1,
        max_attempts=job.max_attempts,
    )


def _claimed_by_lock(due: QuerySet[Job], lease: dict[str, Any]) -> Job | None:
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).first()
        if job is not None:
            Job.objects.filter(pk=job.pk).update(**lease)
        return job


def _claimed_by_condition(due: QuerySet[Job], lease: dict[str, Any]) -> Job | None:
    """Take a job without a read lock: the update finds it waiting with the attempts read, or another was faster."""
    while (job := due.first()) is not None:
        if Job.objects.filter(pk=job.pk, state=Job.State.WAITING, attempts=job.attempts).update(**lease):
            return job
    return None


def extend(held: Claim, *, lease_seconds: float, now: datetime) -> bool:
    """Keep the job for longer; say whether it is still ours."""
    return bool(_row(held).update(lease_until=now + timedelta(seconds=lease_seconds)))


def complete(held: Claim, *, now: datetime) -> None:
    """Mark the job done, in the caller's transaction. Raises LostLease."""
    if not _row(held).update(state=Job.State.DONE, finished_at=now, lease_until=None, error=""):
        raise LostLease(f"Job {held.job_id} ({held.name}) is not ours any more.")


def note(held: Claim, *, progress: dict[str, Any]) -> None:
    """Write how far the job came, in the caller's transaction. Raises LostLease."""
    if not _row(held).update(progress=progress):
        raise LostLease(f"Job {held.job_id} ({held.name}) is not ours any more.")


def fail(held: Claim, *, error: str, now: datetime) -> None:
    """Plan the next attempt after an error, or give up and keep the job with its error."""
    error = error[-LONGEST_ERROR:]
    if held.attempt >= held.max_attempts:
        _row(held).update(state=Job.State.FAILED, finished_at=now, lease_until=None, error=error)
        return
    _put_back(_row(held), run_at=now + retry_delay(held.attempt), error=error, now=now)


def give_back(held: Claim, *, now: datetime) -> None:
    """Return a job that was stopped through no fault of its own: the attempt does not count."""
    _put_back(_row(held), run_at=now, attempts=held.attempt - 1, now=now)


def sweep(*, now: datetime, orphans: bool = False) -> int:
    """Free the jobs whose worker let the lease run out (with `orphans`, every running job); return how many."""
    lost = Job.objects.filter(state=Job.State.RUNNING)
    if not orphans:
        lost = lost.filter(lease_until__lt=now)
    swept = 0
    for job in lost.order_by("pk")[:1000]:
        row = lost.filter(pk=job.pk, lease_by=job.lease_by, attempts=job.attempts)
        error = f"{job.error}\nThe worker {job.lease_by} was lost in attempt {job.attempts}.".strip()[-LONGEST_ERROR:]
        if job.attempts >= job.max_attempts:
            swept += row.update(state=Job.State.FAILED, finished_at=now, lease_until=None, error=error)
            continue
        delay = retry_delay(job.attempts - 1) if job.attempts > 1 else timedelta()
        swept += _put_back(row, run_at=now + delay, error=error, now=now)
    return swept


def next_due_at() -> datetime | None:
    """Return when the next waiting job wants to run."""
    waiting = Job.objects.filter(state=Job.State.WAITING).order_by("run_at")
    return waiting.values_list("run_at", flat=True).first()


def retry_delay(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt number `attempt` (from 1): 5 s, 15 s, 45 s … 1 h, ± a quarter."""
    seconds = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 3 ** (attempt - 1))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 (spreads load, no secret)


def _row(held: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=held.job_id, state=Job.State.RUNNING, lease_by=held.worker, attempts=held.attempt)


def _put_back(row: QuerySet[Job], *, now: datetime, **changes: Any) -> int:
    try:
        with transaction.atomic():
            return row.update(state=Job.State.WAITING, lease_until=None, lease_by="", **changes)
    except IntegrityError:  # the same key waits again already, and will do this work
        return row.update(
            state=Job.State.DONE, finished_at=now, lease_until=None, error="Left to the waiting job of the same key."
        )
