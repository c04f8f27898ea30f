"""Doors for the worker."""

from typing import Any

from django.utils import timezone

from kizuna.base.hours import hours_of
from kizuna.base.jobs import job
from kizuna.core.community import settings as keys
from kizuna.core.community.queries import setting
from kizuna.success.inbox import actions

BATCH = 200


@job("inbox.recount_dues")
def recount_dues(hours: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """Count dues again that these former hours and rules gave."""
    zone = setting(keys.TIME_ZONE)
    actions.recount_dues(hours=hours_of(hours, zone=zone), rules=rules, now=timezone.now())


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
