"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.success.effort import actions


@job("effort.flag_forgotten")
def flag_forgotten() -> None:
    """Ask about timers that ran too long."""
    actions.flag_forgotten(now=timezone.now())
