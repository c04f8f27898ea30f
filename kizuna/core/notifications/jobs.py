"""Doors for the worker."""

from typing import Any

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.notifications.actions import pruning, sending, telling
from kizuna.core.notifications.occasions import Occasion


@job("notifications.tell")
def tell(*, recipients: list[int], occasion: dict[str, Any]) -> None:
    telling.tell(recipients, occasion=Occasion.from_args(occasion))


@job("notifications.send_mails", effects="outside")
def send_mails(*, mails: list[int]) -> None:
    sending.send_mails(mail_ids=mails)


@job("notifications.prune", effects="outside")
def prune() -> None:
    pruning.prune(now=timezone.now())
