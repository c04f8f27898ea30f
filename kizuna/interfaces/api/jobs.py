"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.interfaces.api import actions


@job("api.forget_old_keys")
def forget_old_keys() -> None:
    actions.forget_old_keys(now=timezone.now())
