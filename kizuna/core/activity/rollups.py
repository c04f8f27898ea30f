"""Counts per member, verb and day, kept by a cursor over the log. Segments, badges and health read these, never the log.

A day is a day of the community's time zone; when that changes, or what is counted does, the cursor starts over by itself: at position 0
nothing counts, and what still stands there is cleared in parts. Until the log is counted up to where it began again, `is_counting_again`.
History that is imported later falls on its own (earlier) days, because the cursor goes by id and counts by `at`.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from math import inf
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base import registry
from kizuna.base.jobs import job
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.settled import highest_id, open_writers
from kizuna.core.activity.catalogue import declared_types
from kizuna.core.activity.models import Activity, MemberDayCount, RollupCursor
from kizuna.core.activity.types import Counted

CURSOR = "member_day"
BATCH = 1000
CLEARED_AT_ONCE = 2000
DELAY = timedelta(seconds=20)
SHORT_DELAY = timedelta(seconds=2)
SECONDS_AT_ONCE = 4.0

Key = tuple[int, str, date]


def request(*, delay: timedelta = DELAY) -> None:
    """Have the counts brought up to date soon; many requests become one job."""
    enqueue("activity.roll_up", key="roll_up", run_at=timezone.now() + delay, priority=-1)


@job("activity.roll_up", effects="outside")
def roll_up_some() -> None:
    """Count for some seconds; while there is more, other jobs come in between."""
    roll_up(seconds=SECONDS_AT_ONCE)


def roll_up(*, seconds: float = inf) -> int:
    """Count what was committed since the last time; return how many activities were counted."""
    count, end = 0, monotonic() + seconds
    while monotonic() < end and (counted := _count_batch()) is not None:
        count += counted
    if _is_behind():
        request(delay=SHORT_DELAY)
    return count


def rebuild(*, report: Callable[[str], None] | None = None) -> int:
    """Clear the counts and count the whole log again; return how many activities were counted."""
    with transaction.atomic():
        _restart(_locked_cursor(), day_zone())
    count = 0
    while (counted := _count_batch()) is not None:
        count += counted
        if report is not None and counted:
            report(f"{count} activities counted")
    return count


def is_counting_again() -> bool:
    """Tell whether the counts are less than they will be, because the log is being counted again."""
    return counted_again() is not None


def counted_again() -> tuple[int, int] | None:
    """Return up to which id the log is counted again, and up to which it has to be; None when nothing is missing."""
    cursor = RollupCursor.objects.filter(name=CURSOR).first()
    if cursor is None:
        return None
    if cursor.time_zone != day_zone().key or cursor.definition != definition():
        upto = highest_id(Activity)
        return (0, upto) if upto else None
    return (cursor.position, cursor.again_upto) if cursor.position < cursor.again_upto else None


def day_zone() -> ZoneInfo:
    """Return the time zone whose days are counted: the community's."""
    declared = registry.of(registry.DayZone)
    return ZoneInfo(declared[0].zone() if declared else "UTC")


@transaction.atomic
def _count_batch() -> int | None:
    """Count up to BATCH activities and move the cursor in the same transaction; None when nothing more may be counted."""
    cursor = _locked_cursor()
    zone = day_zone()
    if cursor.time_zone != zone.key or cursor.definition != definition():
        _restart(cursor, zone)
    if cursor.position == 0 and _clear_some():
        return 0
    if not _raise_ceiling(cursor):
        return None
    facts = list(
        Activity.objects.filter(pk__gt=cursor.position, pk__lte=cursor.ceiling)
        .order_by("pk")
        .values_list("pk", "actor_id", "verb", "at", "props")[:BATCH]
    )
    _add(
        Counter(
            (member, name, at.astimezone(zone).date())
            for _id, actor, verb, at, props in facts
            for member, name in _counted(actor, verb, props)
        )
    )
    cursor.position = facts[-1][0] if facts else cursor.ceiling
    cursor.save()
    return len(facts)


def _counted(actor_id: int | None, verb: str, props: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield (member, name) of every count that an activity raises."""
    if actor_id is not None:
        yield actor_id, verb
    for item in further_counts().get(verb, ()):
        member = item.member_of(actor_id=actor_id, props=props)
        if member is not None:
            yield member, item.name


@cache
def further_counts() -> dict[str, tuple[Counted, ...]]:
    """Return what is counted of each verb besides the verb itself."""
    return {item.verb: item.counted for types in declared_types().values() for item in types if item.counted}


@cache
def definition() -> str:
    """Return a short hash of what is counted: another one means that the log is counted again."""
    said = sorted((verb, repr(items)) for verb, items in further_counts().items())
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def position() -> int:
    """Return the id of the activity up to which everything is counted."""
    return RollupCursor.objects.filter(name=CURSOR).values_list("position", flat=True).first() or 0


def _raise_ceiling(cursor: RollupCursor) -> bool:
    """Say whether there is something to count up to the ceiling, raising the ceiling when it was reached.

    A ceiling holds from the moment when the writers open at its setting have all ended.
    """
    if cursor.position >= cursor.ceiling:
        cursor.ceiling = highest_id(Activity)
        if cursor.position >= cursor.ceiling:
            if cursor.again_upto:  # everything there is has been counted
                cursor.again_upto = 0
                cursor.save(update_fields=["again_upto"])
            return False
        cursor.open_writers = open_writers(Activity)
    elif cursor.open_writers:
        still_open = set(open_writers(Activity))
        cursor.open_writers = [writer for writer in cursor.open_writers if writer in still_open]
    if cursor.open_writers:
        cursor.save()
        return False
    return True


def _is_behind() -> bool:
    cursor = RollupCursor.objects.get(name=CURSOR)
    return cursor.position < highest_id(Activity)


def _add(counts: "Counter[Key]") -> None:
    """Add to the stored counts. The cursor's lock makes this the only writer."""
    rows = MemberDayCount.objects.filter(
        member_id__in={member for member, _, _ in counts}, day__in={day for _, _, day in counts}
    )
    stored = {(row.member_id, row.verb, row.day): row for row in rows}
    known = [stored[key] for key in counts if key in stored]
    for row in known:
        row.count += counts[row.member_id, row.verb, row.day]
    MemberDayCount.objects.bulk_update(known, ["count"], batch_size=200)
    MemberDayCount.objects.bulk_create(
        [
            MemberDayCount(member_id=member, verb=verb, day=day, count=count)
            for (member, verb, day), count in counts.items()
            if (member, verb, day) not in stored
        ],
        batch_size=200,
    )


def _locked_cursor() -> RollupCursor:
    RollupCursor.objects.get_or_create(name=CURSOR, defaults={"time_zone": day_zone().key, "definition": definition()})
    return RollupCursor.objects.select_for_update().get(name=CURSOR)


def _restart(cursor: RollupCursor, zone: ZoneInfo) -> None:
    cursor.position, cursor.ceiling, cursor.open_writers, cursor.time_zone = 0, 0, [], zone.key
    cursor.definition, cursor.again_upto = definition(), highest_id(Activity)
    cursor.save()


def _clear_some() -> bool:
    """Clear a part of what was counted before; say whether there was something."""
    ids = list(MemberDayCount.objects.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
    MemberDayCount.objects.filter(pk__in=ids).delete()
    return bool(ids)


def _count_again_soon() -> None:
    request(delay=timedelta(0))


REBUILD = registry.Rebuild("rollups", rebuild)
BY_DAY = registry.CountByDay("rollups", _("What members did"), _count_again_soon, counted_again)
