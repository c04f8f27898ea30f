"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.files import actions


@job("files.make_variants", effects="outside")
def make_variants(*, file: int) -> None:
    actions.make_variants(file_id=file)


@job("files.remove_unattached", effects="outside")
def remove_unattached() -> None:
    actions.remove_unattached(now=timezone.now())
