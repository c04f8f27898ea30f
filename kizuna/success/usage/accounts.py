"""The use of accounts: found by external ids as of the day, worked out at night, and read from what was stored."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Employment, Merge
from kizuna.success.customers.queries.account import read_once
from kizuna.success.usage import queries
from kizuna.success.usage.changing import Change, changes
from kizuna.success.usage.models import (
    AccountUsage,
    UsageChange,
    UsageDayCount,
    UsageDayTotal,
    UsageMembership,
    UsageName,
    UsageSubject,
)
from kizuna.success.usage.tally import GROUP, PERSON

BEGINNING = date(1970, 1, 1)
LOOKED_BACK = timedelta(days=84)  # twelve whole weeks
SHOWN_DAYS, MONTH, WEEK = 56, 28, 7
NAMES_KEPT = 5
AT_ONCE = 400
Place = tuple[date, date | None]  # the first and the last day of an employment


@dataclass
class Known:
    """By what the use of one account is recognised: groups and, where an event names none, people with their days there."""

    groups: set[int] = field(default_factory=set)
    people: dict[int, list[Place]] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """What one person did on one day; or what so many unnamed `people` of a table did."""

    day: date
    person_id: int
    name_id: int
    count: int
    last_at: datetime
    people: int = 0


@dataclass(frozen=True)
class Looked:
    """What a look at one account found: the row to store, and the changes that can be known."""

    values: dict[str, Any]
    changes: list[Change]


def usage_of(viewer: Viewer, account: Account) -> AccountUsage | None:
    """Return what the account used as of last night, None when it never did; with `latest_kind` and `latest_at` of its changes."""
    if not can_use_desk(viewer):
        return None
    latest = UsageChange.objects.filter(account=OuterRef("account")).order_by("-at", "-pk")
    last = {f"latest_{name}": Subquery(latest.values(name)[:1]) for name in ("kind", "at")}
    return read_once(account, "usage", lambda: AccountUsage.objects.filter(account=account).annotate(**last).first())


def latest_change(viewer: Viewer, account: Account, *, kinds: Container[str], since: datetime) -> UsageChange | None:
    """Return the latest change of an account's use if it is one of these kinds and no older."""
    usage: Any = usage_of(viewer, account)
    if usage is not None and (usage.latest_kind not in kinds or usage.latest_at < since):
        return None
    # A customer that absorbed another one may have changes before its own use is worked out.
    latest = changes_visible_to(viewer).filter(account=account).order_by("-at", "-pk").first()
    return latest if latest is not None and latest.kind in kinds and latest.at >= since else None


def changes_visible_to(viewer: Viewer) -> QuerySet[UsageChange]:
    return UsageChange.objects.all() if can_use_desk(viewer) else UsageChange.objects.none()


def accounts_with_usage() -> list[int]:
    """Return the accounts of which any group or person is known to usage; merged ones stand for those that absorbed them."""
    group = UsageSubject.objects.filter(kind=GROUP, external_id=OuterRef("external_id"))
    found = set(Account.objects.exclude(external_id="").filter(Exists(group)).values_list("pk", flat=True))
    person = UsageSubject.objects.filter(kind=PERSON)
    own = Exists(person.filter(external_id=OuterRef("contact__external_id")))
    members = Exists(person.filter(external_id=OuterRef("contact__member__external_id")))
    by_own = Employment.objects.exclude(contact__external_id="").filter(own)
    by_member = Employment.objects.exclude(contact__member__external_id="").filter(members)
    for seats in (by_own, by_member):
        found |= set(seats.values_list("account_id", flat=True))
    kept = _roots()
    return sorted({kept.get(account_id, account_id) for account_id in found})


def known_of(account_id: int) -> Known:
    """Return by what an account's use is recognised, that of the accounts it absorbed included."""
    ids = {account_id} | {absorbed for absorbed, kept in _roots().items() if kept == account_id}
    names = Account.objects.filter(pk__in=ids).exclude(external_id="").values_list("external_id", flat=True)
    known = Known(groups=set(_subjects(GROUP, names).values()))
    seats = list(Employment.objects.filter(account_id__in=ids).select_related("contact__member"))
    words = {seat.pk: _words_of(seat) for seat in seats}
    people = _subjects(PERSON, {word for named in words.values() for word in named})
    zone = queries.day_zone()
    for seat in seats:
        ended = seat.ended_at.astimezone(zone).date() if seat.ended_at else None
        for word in words[seat.pk]:
            if word in people:
                known.people.setdefault(people[word], []).append((seat.started_at.astimezone(zone).date(), ended))
    return known


def uses_of(known: Known, *, since: date, until: date) -> Iterator[Use]:
    """Yield what was done for an account on the days from `since` until before `until`; nobody's events are left out."""
    rows = UsageDayCount.objects.filter(day__gte=since, day__lt=until, count__gt=0)
    rows = rows.exclude(person__external_id="", source="")
    if known.groups:
        yield from _uses(rows.filter(group_id__in=known.groups))
    said = set(UsageMembership.objects.filter(group_id__in=known.groups).values_list("person_id", flat=True))
    people = sorted(said | set(known.people))
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        memberships = queries.memberships_of(set(some))
        for use in _uses(rows.filter(group__external_id="", person_id__in=some)):
            group = queries.group_as_of(memberships.get(use.person_id, ()), use.day)
            is_here = group in known.groups if group else _sat_there(known.people.get(use.person_id, ()), use.day)
            if is_here:
                yield use


def look_at(account_id: int, *, today: date) -> Looked | None:
    """Work out what an account used, from the whole past the first time, then from the last twelve weeks."""
    known = known_of(account_id)
    if not known.groups and not known.people:
        return None
    before = AccountUsage.objects.filter(account_id=account_id, is_stale=False).first()
    looked_from = today - LOOKED_BACK
    uses = list(uses_of(known, since=looked_from if before else BEGINNING, until=today))
    if not uses and before is None:
        return None
    days = [use.day for use in uses]
    first_on = min([before.first_on, *days] if before else days)
    recent = [use for use in uses if use.day >= looked_from]
    earlier = [day for day in days if day < looked_from]
    last_before = max(earlier, default=before.last_on if before and before.last_on < looked_from else None)
    active = _people_by_day(recent)
    watched_from = UsageDayTotal.objects.aggregate(day=Min("day"))["day"]
    found = changes(
        active, first_on=first_on, last_before=last_before, since=looked_from, today=today, watched_from=watched_from
    )
    return Looked(_values(recent, active, uses, before, first_on=first_on, today=today), found)


def accounts_of_groups(names: Iterable[str]) -> list[int]:
    """Return the accounts that have one of these numbers, merged ones replaced by those that absorbed them."""
    having = Account.objects.filter(external_id__in=set(names) - {""}).exclude(external_id="")
    found = having.values_list("pk", flat=True)
    kept = _roots()
    return sorted({kept.get(account_id, account_id) for account_id in found})


def first_seen(*, after: int) -> list[int]:
    """Return the accounts of groups that came later than this one, as far as their use was never worked out."""
    names = list(UsageSubject.objects.filter(kind=GROUP, pk__gt=after).values_list("external_id", flat=True))
    parts = [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
    found: set[int] = set()
    for part in parts:
        some = set(accounts_of_groups(part))
        found |= some - set(AccountUsage.objects.filter(account_id__in=some).values_list("account_id", flat=True))
    return sorted(found)


def noted_at(day: date) -> datetime:
    """Return the first moment of a day of the community."""
    return datetime.combine(day, time(), tzinfo=queries.day_zone())


def noons_of(days: Iterable[date]) -> dict[date, datetime]:
    """Return the moments that stand for days of which no time is known."""
    zone = queries.day_zone()
    return {day: datetime.combine(day, time(12), tzinfo=zone) for day in set(days)}


def like_cases(account: Account, *, now: datetime) -> tuple[int, int]:
    """Count the other accounts with a member that went quiet in the last year, and those of them that were used again within 30 days."""
    month, year = timedelta(days=30), timedelta(days=365)
    linked = Employment.objects.filter(account_id=OuterRef("account_id"), contact__member__isnull=False)
    quiet = UsageChange.objects.filter(kind=UsageChange.Kind.QUIET, at__gt=now - year, at__lte=now - month)
    cases = list(quiet.exclude(account=account).filter(Exists(linked)).values_list("account_id", "at")[:2000])
    again: dict[int, list[datetime]] = {}
    ids = {account_id for account_id, _at in cases}
    returns = UsageChange.objects.filter(kind=UsageChange.Kind.AGAIN, at__gt=now - year, account_id__in=ids)
    for account_id, at in returns.values_list("account_id", "at"):
        again.setdefault(account_id, []).append(at)
    back = {number for number, at in cases if any(at <= later <= at + month for later in again.get(number, ()))}
    return len(ids), len(back)


def _values(
    recent: list[Use],
    active: dict[date, int],
    uses: list[Use],
    before: AccountUsage | None,
    *,
    first_on: date,
    today: date,
) -> dict[str, Any]:
    def people(first: int, last: int) -> int:
        """Count who was there from `first` to before `last` days ago."""
        span = (today - timedelta(days=first), today - timedelta(days=last))
        return _people([use for use in recent if span[0] <= use.day < span[1]])

    last = max(uses, key=lambda use: use.last_at, default=None)
    names: Counter[int] = Counter()
    for use in recent:
        if use.day >= today - timedelta(days=MONTH):
            names[use.name_id] += use.count
    most = names.most_common(NAMES_KEPT)
    known = UsageName.objects.in_bulk([number for number, _count in most])
    assert last or before
    return {
        "as_of": today - timedelta(days=1),
        "first_on": first_on,
        "last_on": last.day if last else before and before.last_on,
        "last_at": last.last_at if last else before and before.last_at,
        "active_7_count": people(WEEK, 0),
        "active_28_count": people(MONTH, 0),
        "active_28_before_count": people(2 * MONTH, MONTH),
        "days": [active.get(today - timedelta(days=number), 0) for number in range(SHOWN_DAYS, 0, -1)],
        "names": [[known[number].kind, known[number].name, count] for number, count in most],
    }


def _people(uses: Iterable[Use]) -> int:
    """Return how many people these were, at the least: the unnamed ones of two lines may be the same ones, and the named ones."""
    named = {use.person_id for use in uses if not use.people}
    return max(len(named), max((use.people for use in uses), default=0))


def _people_by_day(uses: Iterable[Use]) -> dict[date, int]:
    by_day: dict[date, list[Use]] = {}
    for use in uses:
        by_day.setdefault(use.day, []).append(use)
    return {day: _people(of_day) for day, of_day in by_day.items()}


def _uses(rows: QuerySet[UsageDayCount]) -> Iterator[Use]:
    columns = ("day", "person_id", "name_id", "count", "last_at", "people_count", "person__external_id")
    for day, person_id, name_id, count, last_at, people, named in rows.values_list(*columns).iterator(chunk_size=2000):
        yield Use(day, person_id, name_id, count, last_at, 0 if named else people or 1)


def _sat_there(places: Iterable[Place], day: date) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in places)


def _words_of(seat: Employment) -> set[str]:
    member = seat.contact.member
    return {seat.contact.external_id, member.external_id if member else ""} - {""}


def _subjects(kind: str, words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    wanted = sorted(set(words))
    for start in range(0, len(wanted), AT_ONCE):
        rows = UsageSubject.objects.filter(kind=kind, external_id__in=wanted[start : start + AT_ONCE])
        found.update(rows.values_list("external_id", "pk"))
    return found


def _roots() -> dict[int, int]:
    """Return the account that in the end absorbed each merged one."""
    into = dict(Merge.objects.filter(undone_at=None).values_list("absorbed_id", "kept_id"))

    def root(account_id: int) -> int:
        seen = {account_id}
        while account_id in into and into[account_id] not in seen:
            account_id = into[account_id]
            seen.add(account_id)
        return account_id

    return {absorbed: root(absorbed) for absorbed in into}
