"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.files import actions


@job("files.make_variants", outside=True)
def make_variants(*, file: int) -> None:
    actions.make_variants(file_id=file)


@job("files.remove_unattached", outside=True)
def remove_unattached() -> None:
    actions.remove_unattached(now=timezone.now())
