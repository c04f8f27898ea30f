"""The ledger's tables."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One piece of work. `args` are ids and small facts; the payload lives in the business tables."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    name = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    # The same key never has two unfinished jobs; empty means "always add".
    key = models.CharField(max_length=200, blank=True, default="")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=80, blank=True, default="")
    # How far a long job came, written in the transaction of each step (`running.checkpoint`).
    progress = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # "NAME SLOT" of a periodic job: unique, so that two schedulers never fire one slot twice.
    cron_slot = models.CharField(max_length=140, null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-priority", "run_at", "id"],
                name="job_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["run_at"], name="job_next", condition=Q(state="waiting")),
            models.Index(fields=["lease_until"], name="job_leases", condition=Q(state="running")),
            models.Index(fields=["finished_at"], name="job_finished", condition=Q(state="done")),
            models.Index(fields=["finished_at"], name="job_failed", condition=Q(state="failed")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"],
                name="job_key_once",
                condition=~Q(key="") & Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk} ({self.state})"


class WorkerHeartbeat(models.Model):
    """Sign of life of a worker process, read by `/readyz` and `kizuna doctor`."""

    worker = models.CharField(max_length=80, unique=True)
    seen_at = models.DateTimeField()
