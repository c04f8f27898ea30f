"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.interfaces.webhooks import actions


@job("webhooks.deliver", effects="outside")
def deliver() -> None:
    """Hand out to the threads what is due. It waits for none of them."""
    actions.hand_out(now=timezone.now())


@job("webhooks.prune", effects="outside")
def prune() -> int:
    """Forget deliveries that ended a month ago."""
    return actions.prune(now=timezone.now())
