"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.tasks import actions

BATCH = 100


@job("tasks.tell_due", effects="outside")
def tell_due() -> None:
    """Tell of the tasks whose due day has come, in short transactions."""
    now = timezone.now()
    while actions.tell_due(today=local_day(now), now=now, limit=BATCH):
        pass
