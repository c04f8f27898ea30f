"""Jobs of the service board."""

from kizuna.base.jobs import job
from kizuna.success.service import actions


@job("service.count_stale")
def count_stale() -> None:
    """Count what changed without an activity, and everything again after the hours changed; a killed run is gone on with."""
    while actions.count_stale():
        pass
