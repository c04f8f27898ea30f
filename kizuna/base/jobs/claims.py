"""The life of a job's row: claimed with a lease, then done, put back or failed.

Whoever ends a job must still hold it: every change compares the worker and the attempt in its WHERE, so a worker that
was believed dead and comes back changes nothing (and its transaction is rolled back by `LostLease`).
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from kizuna.base.jobs.models import Job

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
LONGEST_ERROR = 4000
ABOVE_EVERY_PRIORITY = 32_767

NEXT_PRIORITY = """
    SELECT priority FROM jobs_job WHERE state = 'waiting' AND priority < %s ORDER BY priority DESC LIMIT 1
"""
# Without row locks (SQLite) the statement as a whole is atomic; with them a job that another worker takes is skipped.
TAKE = """
    UPDATE jobs_job SET state = 'running', attempts = attempts + 1, lease_by = %s, lease_until = %s
    WHERE state = 'waiting' AND id = (
        SELECT id FROM jobs_job WHERE state = 'waiting' AND priority = %s AND run_at <= %s
        ORDER BY run_at, id LIMIT 1 {locking}
    )
    RETURNING id, name, args, progress, attempts, max_attempts
"""


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
    """Take the most urgent job that is due, the oldest first, or return None."""
    first = next_due_at()
    if first is None or first > now:
        return None
    moment = connection.ops.adapt_datetimefield_value
    lease_until = moment(now + timedelta(seconds=lease_seconds))
    locking = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        for priority in _waiting_priorities(cursor):
            cursor.execute(TAKE.format(locking=locking), [worker, lease_until, priority, moment(now)])
            if row := cursor.fetchone():
                job_id, name, args, progress, attempt, most = row
                return Claim(job_id, name, json.loads(args), json.loads(progress), worker, attempt, most)
    return None


def _waiting_priorities(cursor: Any) -> Iterator[int]:
    """Yield the priorities of waiting jobs from the highest down: each one step in the index, however long the queue."""
    below = ABOVE_EVERY_PRIORITY
    while True:
        cursor.execute(NEXT_PRIORITY, [below])
        row = cursor.fetchone()
        if row is None:
            return
        below = row[0]
        yield below


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
    for job in lost.order_by("lease_until")[:1000]:
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
    return _waiting().order_by("run_at").values_list("run_at", flat=True).first()


def retry_delay(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt number `attempt` (from 1): 5 s, 15 s, 45 s … 1 h, ± a quarter."""
    seconds = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 3 ** (attempt - 1))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 (spreads load, no secret)


def _waiting() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.WAITING)


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
