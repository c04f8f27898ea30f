"""The worker's door to the log."""

from kizuna.base.jobs import job
from kizuna.core.audit import actions


@job("audit.seal", effects="outside")
def seal() -> None:
    """Move what was noted into the chain."""
    actions.seal()
