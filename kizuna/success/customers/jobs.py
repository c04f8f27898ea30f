"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.members.actions import system_viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions

BATCH = 200


@job("customers.turn_day", effects="outside")
def turn_day() -> None:
    """Renew what is due and work out the accounts for which a new day changes something, in short transactions."""
    viewer, now = system_viewer(), timezone.now()
    today = local_day(now)
    while actions.renew_due(viewer=viewer, today=today, now=now, limit=BATCH):
        pass
    ids = actions.accounts_to_refresh(today=today)
    for start in range(0, len(ids), BATCH):
        actions.refresh_accounts(account_ids=ids[start : start + BATCH], today=today, viewer=viewer, now=now)


@job("customers.find_imported", effects="outside")
def find_imported() -> None:
    """Make customers findable whose import was killed before it did."""
    actions.keep_due_tails(now=timezone.now())
