"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.success.inbox import actions

BATCH = 200


@job("inbox.deliver", effects="outside")
def deliver(delivery: int) -> None:
    """Send one answer that was held."""
    actions.deliver(delivery_id=delivery, now=timezone.now())


@job("inbox.watch", effects="outside")
def watch() -> None:
    """Wake, warn and escalate, each inquiry in a transaction of its own."""
    now = timezone.now()
    actions.watch(now=now, limit=BATCH)
    actions.give_up_lost(now=now)
    actions.forget_presence(now=now)
