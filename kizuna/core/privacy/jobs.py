"""The worker's doors to copies and erasures."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.privacy import actions, copying


@job("privacy.erase", effects="outside")
def erase(*, erasure: int) -> None:
    """Erase everything that leads to a person, step by step."""
    actions.work_on_erasure(erasure_id=erasure, clock=timezone.now)


@job("privacy.copy", effects="outside")
def copy(*, copy: int) -> None:
    """Make a person's copy."""
    copying.make_copy(copy_id=copy, clock=timezone.now)


@job("privacy.tidy", effects="outside")
def tidy() -> None:
    """Remove copies whose time is over, and make sure that every tombstone lies in its file and was acted on."""
    now = timezone.now()
    actions.expire_copies(now=now)
    actions.replay(now=now)
