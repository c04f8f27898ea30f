"""Read usage. Accounts and contacts are joined here, at reading time, by the external ids of groups and persons."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from kizuna.base import registry
from kizuna.base.registry import Person
from kizuna.core.members.models import ApiToken
from kizuna.core.members.policies import USAGE_WRITE
from kizuna.success.usage.models import (
    UsageDayCount,
    UsageDayTotal,
    UsageFold,
    UsageForgotten,
    UsageMembership,
    UsageReceipt,
    UsageRefusal,
    UsageState,
    UsageSubject,
)
from kizuna.success.usage.tally import GROUP, PERSON


@dataclass(frozen=True)
class KeyLine:
    """A write key and what it brought in a period."""

    token: ApiToken
    taken: int
    repeated: int
    last_at: datetime | None
    is_ended: bool


def day_zone() -> ZoneInfo:
    """Return the time zone whose days are counted: the community's."""
    declared = registry.of(registry.DayZone)
    return ZoneInfo(declared[0].zone() if declared else "UTC")


def marks() -> set[str]:
    """Return the marks of all folds whose files may still lie in staging."""
    return set(UsageFold.objects.filter(counted_at__isnull=True).values_list("mark", flat=True))


def counted_again() -> tuple[int, int] | None:
    """Return how many folds are counted, and of how many, while events are counted again in other days; else None."""
    folds = UsageFold.objects.count()
    state = UsageState.objects.first()
    if state is None or not folds:
        return None
    if state.is_clearing or state.time_zone != day_zone().key:
        return 0, folds
    waiting = UsageFold.objects.filter(counted_at__isnull=True).count()
    return (folds - waiting, folds) if waiting else None


def uncounted_folds() -> list[UsageFold]:
    """Return the folds that are not counted to their end, oldest first."""
    return list(UsageFold.objects.filter(counted_at__isnull=True).order_by("pk"))


def person_hash(external_id: str) -> str:
    """Return what stands for an erased person's outside id."""
    return hashlib.sha256(external_id.encode()).hexdigest()


def forgotten() -> dict[str, datetime]:
    """Return the erased persons by hash, with the moment until which their events are nobody's."""
    return dict(UsageForgotten.objects.values_list("person_hash", "at"))


def forgotten_days() -> dict[str, date]:
    """Return the erased persons by hash, with the last day of theirs that is nobody's."""
    zone = day_zone()
    return {person: at.astimezone(zone).date() for person, at in forgotten().items()}


def ids_of(person: Person) -> frozenset[str]:
    """Return the outside ids of a person: those known here, an address used as id, and ids that said one of their addresses."""
    wanted = set(person.external_ids)
    for address in sorted(person.addresses):
        of_address = Q(external_id__iexact=address) | Q(traits__email__iexact=address)
        wanted |= set(UsageSubject.objects.filter(of_address, kind=PERSON).values_list("external_id", flat=True))
    return frozenset(wanted | person.addresses) - {""}


def lines_of_tables(sources: Iterable[str]) -> dict[str, UsageDayCount]:
    """Return what tables said before, by source."""
    rows = UsageDayCount.objects.filter(source__in=set(sources) - {""})
    return {row.source: row for row in rows.only("source", "count", "people_count", "import_id")}


def lines_of_person(external_ids: Iterable[str]) -> QuerySet[UsageDayCount]:
    """Return what tables said of a person."""
    of_person = UsageDayCount.objects.filter(person__kind=PERSON, person__external_id__in=set(external_ids) - {""})
    return of_person.exclude(source="")


def latest_group() -> int:
    """Return the number of the group that became known last, 0 when there is none."""
    return UsageSubject.objects.filter(kind=GROUP).aggregate(latest=Max("pk"))["latest"] or 0


def counts_of_person(external_id: str, *, since: date, until: date) -> QuerySet[UsageDayCount]:
    """Return what one person did on the days from `since` until before `until`."""
    return _counts(since, until).filter(person__kind=PERSON, person__external_id=external_id)


def counts_of_group(external_id: str, *, since: date, until: date) -> list[UsageDayCount]:
    """Return what was done for one group: where the event named it, or where its person was in it on that day."""
    group = UsageSubject.objects.filter(kind=GROUP, external_id=external_id).first()
    if group is None or not external_id:
        return []
    named = list(_counts(since, until).filter(group=group))
    members = UsageMembership.objects.filter(group=group).values("person_id")
    unnamed = list(_counts(since, until).filter(group__external_id="", person_id__in=members))
    memberships = memberships_of({row.person_id for row in unnamed})
    return named + [row for row in unnamed if group_as_of(memberships.get(row.person_id, ()), row.day) == group.pk]


def memberships_of(person_ids: set[int]) -> dict[int, list[UsageMembership]]:
    """Return the memberships of some persons."""
    found: dict[int, list[UsageMembership]] = {}
    ids = sorted(person_ids)
    for start in range(0, len(ids), 500):
        for row in UsageMembership.objects.filter(person_id__in=ids[start : start + 500]):
            found.setdefault(row.person_id, []).append(row)
    return found


def group_as_of(memberships: Iterable[UsageMembership], day: date) -> int | None:
    """Return the group of a person on a day.

    Of those that were said by then, the one joined last among those said again on or after that day; else the one said last.
    """
    zone = day_zone()
    known = [row for row in memberships if row.first_at.astimezone(zone).date() <= day]
    if not known:
        return None
    lasting = [row for row in known if row.last_at.astimezone(zone).date() >= day]
    if lasting:
        return max(lasting, key=lambda row: (row.first_at, row.group_id)).group_id
    return max(known, key=lambda row: (row.last_at, row.group_id)).group_id


def day_totals(*, since: date, until: date) -> dict[date, int]:
    """Return how many events happened on each day, days without any included."""
    rows = UsageDayTotal.objects.filter(day__gte=since, day__lt=until).values("day").annotate(count=Sum("count"))
    found = {row["day"]: row["count"] for row in rows}
    return {day: found.get(day, 0) for day in (since + timedelta(days=n) for n in range((until - since).days))}


def busiest_names(*, since: date, until: date, limit: int) -> list[Any]:
    """Return the events that happened most: kind, name, count."""
    rows = UsageDayTotal.objects.filter(day__gte=since, day__lt=until).values("name__kind", "name__name")
    return list(rows.annotate(total=Sum("count")).order_by("-total", "name__name")[:limit])


def active_persons(*, since: date, until: date) -> int:
    """Return how many known persons did anything."""
    rows = UsageDayCount.objects.filter(day__gte=since, day__lt=until, count__gt=0).exclude(person__external_id="")
    return rows.aggregate(count=Count("person", distinct=True))["count"]


def write_keys(*, since: date, now: datetime) -> list[KeyLine]:
    """Return the keys made for sending usage, and every other token that sent some, the last used first."""
    rows = UsageReceipt.objects.filter(day__gte=since).values("token_id")
    sums = rows.annotate(taken=Sum("taken_count"), repeated=Sum("repeated_count"))
    brought: dict[int, tuple[int, int]] = {row["token_id"]: (row["taken"], row["repeated"]) for row in sums}
    ends = UsageReceipt.objects.values("token_id").annotate(at=Max("last_at"))
    last: dict[int, datetime] = {row["token_id"]: row["at"] for row in ends}
    # JSON lists cannot be searched on both databases, and there are few tokens.
    made_for_it = [pk for pk, scopes in ApiToken.objects.values_list("pk", "scopes") if USAGE_WRITE in scopes]
    tokens = ApiToken.objects.filter(Q(pk__in=made_for_it) | Q(pk__in=last)).select_related("member")
    lines = [
        KeyLine(
            token=token,
            taken=brought.get(token.pk, (0, 0))[0],
            repeated=brought.get(token.pk, (0, 0))[1],
            last_at=last.get(token.pk),
            is_ended=token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now),
        )
        for token in tokens
    ]
    return sorted(lines, key=lambda line: (line.is_ended, -(line.last_at or line.token.created_at).timestamp()))


def refusals(*, since: date, limit: int) -> list[UsageRefusal]:
    """Return what was not taken, by day, key and reason, the latest first."""
    rows = UsageRefusal.objects.filter(day__gte=since).select_related("token")
    return list(rows.order_by("-last_at")[:limit])


def refused_count(*, since: date) -> int:
    """Return how many events or requests were not taken."""
    return UsageRefusal.objects.filter(day__gte=since).aggregate(count=Sum("count"))["count"] or 0


def today() -> date:
    """Return the community's present day."""
    return timezone.now().astimezone(day_zone()).date()


def _counts(since: date, until: date) -> QuerySet[UsageDayCount]:
    rows = UsageDayCount.objects.filter(day__gte=since, day__lt=until).select_related("name", "person", "group")
    return rows.order_by("day", "person_id", "name_id")
