"""Jobs of usage: received events are folded while there are some, looked for every minute when there are none."""

from datetime import timedelta

from django.utils import timezone

from kizuna.base.jobs import job, running
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.journal.segments import is_being_written
from kizuna.success.usage import accounts, actions, folding, queries
from kizuna.success.usage.intake import inbox

# Other jobs of the community wait for a worker that folds: so long at once.
SECONDS_AT_ONCE = 4.0
PAUSE = timedelta(seconds=3)
ACCOUNTS_AT_ONCE = 20
DAY = timedelta(days=1)


@job("usage.fold", effects="outside")
def fold() -> None:
    """Fold what was received, and look again soon while more comes in."""
    known = queries.latest_group()
    try:
        count = folding.fold_waiting(clock=timezone.now, seconds=SECONDS_AT_ONCE)
    except folding.Busy:
        return
    if queries.latest_group() > known:
        enqueue("usage.look_at_new", args={"after": known}, run_at=timezone.now())
    if folding.is_waiting():
        enqueue("usage.fold", key="fold", run_at=timezone.now(), priority=-1)
    elif count or is_being_written(inbox()):
        enqueue("usage.fold", key="fold", run_at=timezone.now() + PAUSE, priority=-1)


@job("usage.look_at_accounts", effects="outside")
def look_at_accounts() -> None:
    """Work out what each account used until yesterday, and note what changed; after a crash go on where it stopped."""
    now, today = timezone.now(), queries.today()
    done = int(running.progress().get("after", 0))
    ids = [account_id for account_id in accounts.accounts_with_usage() if account_id > done]
    for start in range(0, len(ids), ACCOUNTS_AT_ONCE):
        some = ids[start : start + ACCOUNTS_AT_ONCE]
        actions.note_usage(looked={number: accounts.look_at(number, today=today) for number in some}, now=now)
        running.checkpoint({"after": some[-1]})


@job("usage.look_at_new", effects="outside")
def look_at_new(*, after: int) -> None:
    """Work out what customers used of whom nothing was known: who has just sent the first events looks for them on the page."""
    now, today = timezone.now(), queries.today()
    for account_id in accounts.first_seen(after=after):
        # Of whom there are only events of today, today is shown; the night knows the whole of it.
        looked = accounts.look_at(account_id, today=today) or accounts.look_at(account_id, today=today + DAY)
        actions.note_usage(looked={account_id: looked}, now=now)
