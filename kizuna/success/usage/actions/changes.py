"""What a look at accounts found, and its changes on the timeline."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kizuna.success.customers.actions import Touch, write_touchpoints
from kizuna.success.usage.accounts import Looked, noted_at
from kizuna.success.usage.models import AccountUsage, UsageChange

CHANNEL, TARGET = "usage", "usage_change"


@transaction.atomic
def note_usage(*, looked: Mapping[int, Looked | None], now: datetime) -> int:
    """Store what a look at accounts found, and put their changes on the timeline. Returns how many changes are new.

    An account whose usage was all taken back has none any more.
    """
    gone = [account_id for account_id, found in looked.items() if found is None]
    AccountUsage.objects.filter(account_id__in=gone, is_stale=True).delete()
    used = sorted((account_id, found) for account_id, found in looked.items() if found is not None)
    for account_id, found in used:
        values = {**found.values, "made_at": now, "is_stale": False}
        AccountUsage.objects.update_or_create(account_id=account_id, defaults=values)
    rows = [
        UsageChange(
            key=f"usage:{account_id}:{change.kind}:{change.day.isoformat()}",
            account_id=account_id,
            kind=change.kind,
            day=change.day,
            before=change.before,
            after=change.after,
            at=noted_at(change.known_on),
        )
        for account_id, found in used
        for change in found.changes
    ]
    keys = [row.key for row in rows]
    known = set(UsageChange.objects.filter(key__in=keys).values_list("key", flat=True))
    UsageChange.objects.bulk_create([row for row in rows if row.key not in known], ignore_conflicts=True)
    return write_touchpoints([_touch_of(row) for row in UsageChange.objects.filter(key__in=set(keys) - known)])


def _touch_of(change: UsageChange) -> Touch:
    return Touch(
        key=change.key,
        channel=CHANNEL,
        at=change.at,
        account_id=change.account_id,
        kind=f"usage.{change.kind}",
        source_type=TARGET,
        source_id=change.pk,
        is_internal=True,
    )
