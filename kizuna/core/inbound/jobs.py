"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.inbound import actions


@job("inbound.take", effects="outside")
def take(*, mail: int) -> None:
    actions.take(mail_id=mail, now=timezone.now())


@job("inbound.prune", effects="outside")
def prune() -> None:
    actions.prune(now=timezone.now())


@job("inbound.poll")
def poll() -> None:
    actions.poll()


@job("inbound.look", effects="outside")
def look(*, box: int) -> None:
    actions.look(box_id=box, now=timezone.now())
