"""Write jobs. Called inside the business transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import wake
from kizuna.base.jobs.declared import declared_job
from kizuna.base.jobs.models import Job


def enqueue(
    name: str,
    *,
    args: dict[str, Any] | None = None,
    key: str = "",
    priority: int = 0,
    run_at: datetime | None = None,
    max_attempts: int = 8,
) -> int | None:
    """Write a job in the current transaction and return its id. Raises UnknownJob.

    With a `key` that already waits, nothing is added: the waiting job has not started, so it will see the caller's
    change as well. No id is returned for a job with a key.
    """
    declared_job(name)
    now = timezone.now()
    job = Job(
        name=name,
        args=args or {},
        key=key,
        priority=priority,
        run_at=run_at or now,
        max_attempts=max_attempts,
        created_at=now,
    )
    Job.objects.bulk_create([job], ignore_conflicts=bool(key))
    if job.run_at <= now:
        _wake_a_worker_on_commit()
    return job.pk


def withdraw(name: str, *, arg: str, values: list[int]) -> int:
    """Take back waiting jobs `name` whose argument `arg` is one of `values`; return how many there were."""
    taken = 0
    for start in range(0, len(values), 500):
        waiting = Job.objects.filter(name=name, state=Job.State.WAITING)
        taken += waiting.filter(**{f"args__{arg}__in": values[start : start + 500]}).delete()[0]
    return taken


def retry_failed(*, job_id: int) -> bool:
    """Let a job that failed for good run again from where it stopped; say whether there was such a job."""
    failed = Job.objects.filter(pk=job_id, state=Job.State.FAILED)
    found = failed.update(
        state=Job.State.WAITING, attempts=0, run_at=timezone.now(), finished_at=None, lease_until=None, lease_by=""
    )
    return bool(found)


def _wake_a_worker_on_commit() -> None:
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is wake.hint for entry in waiting):
        transaction.on_commit(wake.hint, robust=True)
