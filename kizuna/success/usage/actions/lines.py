"""Lines of tables: counts by day for who cannot send events."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.rows import add_up, insert_many, update_many
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.policies import require_worker
from kizuna.success.usage.accounts import accounts_of_groups, noons_of
from kizuna.success.usage.actions.names import name_ids, subject_ids
from kizuna.success.usage.models import AccountUsage, UsageDayCount, UsageDayTotal
from kizuna.success.usage.tally import GROUP, PERSON, TABLE

LOOK_AFTER = timedelta(minutes=2)  # a table comes in many batches: the accounts are looked at once it is quiet


@dataclass(frozen=True)
class Said:
    """What a line of a table says: how often somebody did something for a group on a day; `people` where it names nobody."""

    source: str
    day: date
    person: str
    group: str
    name: str
    count: int
    people: int | None = None


@transaction.atomic
def bring_counts(*, viewer: Viewer, rows: Sequence[Said], import_id: int, now: datetime) -> list[int]:
    """Note what lines of a table say for the first time; return the ids. The many-form, for importers."""
    require_worker(viewer)
    persons = subject_ids(PERSON, (row.person for row in rows))
    groups = subject_ids(GROUP, (row.group for row in rows))
    names = name_ids((TABLE, row.name) for row in rows)
    noons = noons_of(row.day for row in rows)
    made = []
    for row in rows:
        at = min(noons[row.day], now)
        made.append(
            UsageDayCount(
                day=row.day,
                person_id=persons[row.person],
                group_id=groups[row.group],
                name_id=names[TABLE, row.name],
                count=row.count,
                people_count=row.people,
                first_at=at,
                last_at=at,
                source=row.source,
                import_id=import_id,
            )
        )
    insert_many(made)
    _after_lines([(row, row.count) for row in made], groups=set(groups), now=now)
    return [row.pk for row in made]


@transaction.atomic
def change_counts(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime
) -> dict[int, dict[str, list[Any]]]:
    """Let lines say another `count`, `people_count` or `import_id`. Returns {line: {field: [before, after]}} of what changed."""
    require_worker(viewer)
    found: dict[int, dict[str, list[Any]]] = {}
    moved: list[tuple[UsageDayCount, int]] = []
    lines = UsageDayCount.objects.select_for_update(of=("self",)).select_related("group").exclude(source="")
    for row in lines.filter(pk__in=list(changes)).order_by("pk"):
        differing = {name: [old, new] for name, new in changes[row.pk].items() if (old := getattr(row, name)) != new}
        if not differing:
            continue
        found[row.pk] = differing
        moved.append((row, changes[row.pk].get("count", row.count) - row.count))
        for name, (_before, after) in differing.items():
            setattr(row, name, after)
    update_many([row for row, _more in moved], ["count", "people_count", "import_id"])
    _after_lines(moved, groups={row.group.external_id for row, _more in moved}, now=now)
    return found


@transaction.atomic
def take_back_counts(*, viewer: Viewer, ids: Collection[int], import_id: int, now: datetime) -> dict[int, str]:
    """Remove lines that an import said first. Returns {line: why it stays}: a later import says otherwise."""
    require_worker(viewer)
    rows = UsageDayCount.objects.select_for_update(of=("self",)).select_related("group").exclude(source="")
    found = list(rows.filter(pk__in=list(ids)).order_by("pk"))
    going = [row for row in found if row.import_id == import_id]
    UsageDayCount.objects.filter(pk__in=[row.pk for row in going]).delete()
    _after_lines([(row, -row.count) for row in going], groups={row.group.external_id for row in going}, now=now)
    return {row.pk: "changed_since" for row in found if row.import_id != import_id}


def _after_lines(moved: Iterable[tuple[UsageDayCount, int]], *, groups: set[str], now: datetime) -> None:
    """Let the totals of days follow, and have the accounts looked at again."""
    totals: Counter[tuple[date, int]] = Counter()
    for row, more in moved:
        totals[row.day, row.name_id] += more
    grown = sorted((day, name_id, count) for (day, name_id), count in totals.items() if count > 0)
    add_up(UsageDayTotal, grown, unique=("day", "name"), sums=("count",))
    for (day, name_id), count in sorted(totals.items()):
        if count < 0:
            UsageDayTotal.objects.filter(day=day, name_id=name_id).update(count=F("count") + count)
            UsageDayTotal.objects.filter(day=day, name_id=name_id, count=0).delete()
    if groups:
        AccountUsage.objects.filter(account_id__in=accounts_of_groups(groups), is_stale=False).update(is_stale=True)
        enqueue("usage.look_at_accounts", key="after-table", run_at=now + LOOK_AFTER, priority=-1)
