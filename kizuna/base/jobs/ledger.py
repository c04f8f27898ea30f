"""Write jobs. Called inside the business transaction."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from kizuna.base.jobs.models import Job


def enqueue(
    name: str,
    *,
    args: dict[str, Any] | None = None,
    key: str = "",
    priority: int = 0,
    run_at: datetime | None = None,
    max_attempts: int = 8,
) -> None:
    """Write a job in the current transaction. With a `key` that already waits, nothing is added.

    The waiting job has not started, so it will see the caller's change as well.
    """
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
