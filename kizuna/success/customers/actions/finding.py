"""Keep what a search by name looks through. Whoever writes or removes rows of AccountName calls this afterwards."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import transaction

from kizuna.base.rows import insert_plain
from kizuna.success.customers import naming
from kizuna.success.customers.models import Account, AccountName, AccountNameTail

BATCH = 500  # accounts at a time: some ten rows each


@transaction.atomic
def keep_tails(*, account_ids: Iterable[int], are_new: bool = False) -> None:
    """Make the accounts findable by the names they have now. Those that are new have nothing to be taken away first."""
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), BATCH):
        _keep(ids[start : start + BATCH], are_new=are_new)


def rebuild_tails(*, report: Callable[[str], None]) -> int:
    """Make every account findable again, in short transactions; return how many there are."""
    count, last = 0, 0
    while ids := list(Account.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        keep_tails(account_ids=ids)
        count, last = count + len(ids), ids[-1]
        report(f"customer-names: {count}")
    return count


def _keep(ids: list[int], *, are_new: bool) -> None:
    if not are_new:
        AccountNameTail.objects.filter(account_id__in=ids).delete()
    found: dict[int, set[bytes]] = defaultdict(set)
    for account_id, folded in AccountName.objects.filter(account_id__in=ids).values_list("account_id", "folded"):
        found[account_id] |= naming.tails(folded)
    rows = [(pk, tail) for pk in sorted(found) for tail in sorted(found[pk])]
    insert_plain(AccountNameTail, ["account", "tail"], rows)
