"""Sums: of the team by function, touch, way of noting and customer; of one customer over the last days."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from kizuna.base.rows import read_rows
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Merge
from kizuna.success.effort import readers
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.rows import RowFilter, filtered

ACCOUNT_DAYS = 30
# Asked with every page of a customer: what was merged into it, and into that, in the same statement.
ACCOUNT_MINUTES = """
WITH RECURSIVE behind(id) AS (
    SELECT id FROM customers_account WHERE id = %s
    UNION
    SELECT merge.absorbed_id FROM customers_merge merge JOIN behind ON merge.kept_id = behind.id WHERE merge.undone_at IS NULL
)
SELECT SUM(minutes), COUNT(*) FROM effort_effort
WHERE account_id IN (SELECT id FROM behind) AND NOT is_removed AND day > %s AND day <= %s
"""
TOP = 10


@dataclass(frozen=True)
class Share:
    """Minutes and rows of one value of a dimension."""

    value: Any
    minutes: int
    count: int


@dataclass(frozen=True)
class TeamSums:
    minutes: int
    count: int
    people: int
    by_function: list[Share]
    by_touch: list[Share]
    by_how: list[Share]
    by_account: list[Share]
    account_count: int
    by_person: list[Share]


def team_rows(viewer: Viewer, wanted: RowFilter) -> QuerySet[Effort]:
    """Return the rows that the team's sums are made of; none for whoever may not see them."""
    rows = Effort.objects.filter(is_removed=False)
    if not readers.can_see_team(viewer):
        return rows.none()
    return filtered(rows, wanted if readers.can_see_people(viewer) else wanted.but(member=""))


def team_sums(viewer: Viewer, wanted: RowFilter, *, top: int = TOP) -> TeamSums:
    """Return the sums of the team. Persons only for owners and admins."""
    rows = team_rows(viewer, wanted)
    whole = rows.aggregate(minutes=Sum("minutes"), count=Count("pk"), people=Count("member", distinct=True))
    accounts = _by_account(rows)
    return TeamSums(
        minutes=whole["minutes"] or 0,
        count=whole["count"],
        people=whole["people"],
        by_function=_shares(rows, "function_id"),
        by_touch=_shares(rows, "touch"),
        by_how=_shares(rows, "how"),
        by_account=accounts[:top],
        account_count=len(accounts),
        by_person=_shares(rows, "member_id") if readers.can_see_people(viewer) else [],
    )


def account_minutes(account_id: int, *, today: date) -> tuple[int, int]:
    """Return minutes and rows of a customer over the last days, today included, with those of accounts merged into it."""
    after = today - timedelta(days=ACCOUNT_DAYS)
    minutes, count = read_rows(ACCOUNT_MINUTES, [account_id, after.isoformat(), today.isoformat()])[0]
    return minutes or 0, count


def _shares(rows: QuerySet[Effort], field: str) -> list[Share]:
    found = rows.order_by().values(field).annotate(total=Sum("minutes"), n=Count("pk"))
    shares = [Share(row[field], row["total"], row["n"]) for row in found]
    return sorted(shares, key=lambda share: (-share.minutes, str(share.value)))


def _by_account(rows: QuerySet[Effort]) -> list[Share]:
    """Return the customers with the most hours; absorbed ones count for the one that was kept."""
    keeper = dict(Merge.objects.filter(undone_at=None).values_list("absorbed_id", "kept_id"))
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for share in _shares(rows.filter(~Q(account=None)), "account_id"):
        standing = share.value
        while standing in keeper:
            standing = keeper[standing]
        totals[standing][0] += share.minutes
        totals[standing][1] += share.count
    ordered = sorted(totals.items(), key=lambda item: (-item[1][0], item[0]))
    accounts = Account.objects.in_bulk([pk for pk, _total in ordered[:TOP]])
    return [Share(accounts.get(pk, pk), minutes, count) for pk, (minutes, count) in ordered]
