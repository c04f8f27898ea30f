"""Jobs of usage: received events are folded while there are some, looked for every minute when there are none."""

from datetime import timedelta

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.journal.segments import is_being_written
from kizuna.success.usage import folding
from kizuna.success.usage.intake import inbox

# Other jobs of the community wait for a worker that folds: so long at once.
SECONDS_AT_ONCE = 4.0
PAUSE = timedelta(seconds=3)


@job("usage.fold", effects="outside")
def fold() -> None:
    """Fold what was received, and look again soon while more comes in."""
    try:
        count = folding.fold_waiting(clock=timezone.now, seconds=SECONDS_AT_ONCE)
    except folding.Busy:
        return
    if folding.is_waiting():
        enqueue("usage.fold", key="fold", run_at=timezone.now(), priority=-1)
    elif count or is_being_written(inbox()):
        enqueue("usage.fold", key="fold", run_at=timezone.now() + PAUSE, priority=-1)
