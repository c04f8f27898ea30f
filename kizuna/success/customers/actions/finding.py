"""Keep what a search by name looks through. Whoever writes or removes rows of AccountName calls this afterwards."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kizuna.base.rows import insert_plain
from kizuna.success.customers import naming
from kizuna.success.customers.models import Account, AccountName, AccountNameTail, NameTailsDue

BATCH = 500  # accounts at a time: some ten rows each
MANY = 20_000  # accounts whose tails are sorted together: some 50 MB
STEP = 4_000  # tails a transaction
HELD = timedelta(minutes=10)


@transaction.atomic
def keep_tails(*, account_ids: Iterable[int], are_new: bool = False) -> None:
    """Make the accounts findable by the names they have now. Those that are new have nothing to be taken away first."""
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), BATCH):
        _keep(ids[start : start + BATCH], are_new=are_new)


def put_off_tails(*, account_ids: Iterable[int]) -> None:
    """Leave it to `keep_due_tails` to make new accounts findable by parts of their names."""
    insert_plain(NameTailsDue, ["account", "held_until"], [(pk, None) for pk in account_ids])


def keep_due_tails(*, now: datetime) -> int:
    """Make accounts findable whose tails were put off, in short transactions; return how many.

    Tails go in by the order of their index: each of its pages is written once for many accounts, and not once for each name.
    """
    count = 0
    while ids := _held(now):
        _forget_begun(ids)
        tails = _ordered(ids)
        for start in range(0, len(tails), STEP):
            with transaction.atomic():
                rows = [(int.from_bytes(one[-8:]), one[:-8]) for one in tails[start : start + STEP]]
                insert_plain(AccountNameTail, ["account", "tail"], rows)
        for start in range(0, len(ids), BATCH):
            NameTailsDue.objects.filter(pk__in=ids[start : start + BATCH]).delete()
        count += len(ids)
    return count


def rebuild_tails(*, report: Callable[[str], None]) -> int:
    """Make every account findable again, in short transactions; return how many there are."""
    count, last = 0, 0
    while ids := list(Account.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        keep_tails(account_ids=ids)
        count, last = count + len(ids), ids[-1]
        report(f"customer-names: {count}")
    return count


@transaction.atomic
def _held(now: datetime) -> list[int]:
    """Take accounts that wait, so that nobody else does."""
    waiting = NameTailsDue.objects.select_for_update(of=("self",), skip_locked=True)
    free = waiting.filter(Q(held_until=None) | Q(held_until__lt=now))
    ids = list(free.order_by("pk").values_list("pk", flat=True)[:MANY])
    for start in range(0, len(ids), BATCH):
        NameTailsDue.objects.filter(pk__in=ids[start : start + BATCH]).update(held_until=now + HELD)
    return ids


def _forget_begun(ids: list[int]) -> None:
    """Take away what was written of them already: by somebody who was killed, or when one was renamed."""
    for start in range(0, len(ids), BATCH):
        begun = AccountNameTail.objects.filter(account_id__in=ids[start : start + BATCH])
        if begun.exists():
            begun.delete()


def _ordered(ids: list[int]) -> list[bytes]:
    """Return the tails of accounts in order, each with the account's number behind it: little memory for many."""
    found: set[bytes] = set()
    for start in range(0, len(ids), BATCH):
        names = AccountName.objects.filter(account_id__in=ids[start : start + BATCH])
        for account_id, folded in names.values_list("account_id", "folded"):
            number = account_id.to_bytes(8)
            found.update(tail + number for tail in naming.tails(folded))
    return sorted(found)


def _keep(ids: list[int], *, are_new: bool) -> None:
    if not are_new:
        AccountNameTail.objects.filter(account_id__in=ids).delete()
    found: dict[int, set[bytes]] = defaultdict(set)
    for account_id, folded in AccountName.objects.filter(account_id__in=ids).values_list("account_id", "folded"):
        found[account_id] |= naming.tails(folded)
    rows = [(pk, tail) for pk in sorted(found) for tail in sorted(found[pk])]
    insert_plain(AccountNameTail, ["account", "tail"], rows)
