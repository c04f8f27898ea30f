"""Jobs of calls."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.success.calls import actions


@job("calls.forget_old")
def forget_old() -> None:
    """Forget what was told of settled calls, and links to recordings whose time is over."""
    while actions.forget_old(now=timezone.now()):
        pass
