"""Keep the ledger small: done rows go after some days. Failed ones stay, with their error, until somebody looks."""

from datetime import timedelta

from django.utils import timezone

from kizuna.base.jobs.declared import job
from kizuna.base.jobs.models import Job, WorkerHeartbeat

# Must be longer than the longest period of a schedule: a done row is also the mark that its slot has fired.
DONE_KEPT_DAYS = 3
BATCH = 1000


@job("jobs.prune", effects="outside")
def prune() -> int:
    """Delete done rows older than DONE_KEPT_DAYS and the traces of workers long gone, in short transactions."""
    limit = timezone.now() - timedelta(days=DONE_KEPT_DAYS)
    WorkerHeartbeat.objects.filter(seen_at__lt=limit).delete()
    old = Job.objects.filter(state=Job.State.DONE, finished_at__lt=limit)
    count = 0
    while batch := list(old.order_by("finished_at").values_list("pk", flat=True)[:BATCH]):
        count += Job.objects.filter(pk__in=batch, state=Job.State.DONE).delete()[0]
    return count
