"""The board: counted in the database, a handful of looks whatever the number of inquiries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.success.service.models import InquiryFigures
from kizuna.success.service.queries.rows import PARTS, part, rows_of
from kizuna.success.service.queries.span import BoardFilter, Span
from kizuna.success.service.queries.values import Share, Times, share, times
from kizuna.success.service.seeing import sees_person
from kizuna.success.tasks.models import Department, DepartmentMember

KINDS = ("staff", "member", "bot")


@dataclass(frozen=True)
class Counted:
    """How many inquiries there are of each sort, and how many of them in time."""

    counts: Mapping[str, int]

    @property
    def response(self) -> Share:
        met = self.counts["response_met"]
        return share(met, met + self.counts["response_missed"])

    @property
    def resolved_in_time(self) -> Share:
        met = self.counts["resolution_met"]
        return share(met, met + self.counts["resolution_missed"])


@dataclass(frozen=True)
class Party(Counted):
    """Figures of some inquiries: how many, how fast, in time or not."""

    first: Times
    resolution: Times


@dataclass(frozen=True)
class PersonFigures:
    """One colleague's figures, or those of what nobody has."""

    member: Member | None
    figures: Party


@dataclass(frozen=True)
class TeamFigures:
    """A department's figures: of what its people have. None where they would be those of a single colleague."""

    department: Department
    figures: Party | None


@dataclass(frozen=True)
class Board(Counted):
    """All numbers of a span."""

    by_day: Mapping[tuple[date, bool], int]
    by_hour: Mapping[tuple[int, bool], int]
    answers: Mapping[str, Times]  # first (of a person), staff, member, bot
    resolution: Times
    people: list[PersonFigures]
    teams: list[TeamFigures]

    @property
    def reopened(self) -> Share:
        return share(self.counts["reopened"], self.counts["ended"])

    @property
    def person_again(self) -> Share:
        return share(self.counts["person_again"], self.counts["person_judged"])

    @property
    def account_again(self) -> Share:
        return share(self.counts["account_again"], self.counts["account_judged"])


def board_of(viewer: Viewer, wanted: BoardFilter, *, now: datetime, span: Span | None = None) -> Board:
    """Count what arrived in the days asked for. Those not answered yet are in `counts`, never in the times."""
    rows = rows_of(viewer, wanted, span=span)
    counted = rows.filter(is_left_out=False)
    by_owner = _by_owner(rows, wanted, now=now)
    whole = _sum(by_owner.values())
    return Board(
        counts=whole.counts,
        by_day=_arrivals(rows, "arrived_on"),
        by_hour=_arrivals(rows, "arrived_hour"),
        answers={"first": whole.first, **{kind: times(_histogram(counted, f"{kind}_minutes")) for kind in KINDS}},
        resolution=whole.resolution,
        people=_people(viewer, by_owner),
        teams=_teams(viewer, by_owner),
    )


@dataclass
class _Owned:
    counts: Counter[str]
    first: Counter[int]
    resolution: Counter[int]

    def party(self) -> Party:
        counts = {name: self.counts[name] for name in PARTS}
        return Party(counts=counts, first=times(self.first), resolution=times(self.resolution))


def _sums(wanted: BoardFilter, *, now: datetime) -> dict[str, Count]:
    return {f"n_{name}": Count("pk", filter=part(name, wanted=wanted, now=now)) for name in PARTS}


def _arrivals(rows: QuerySet[InquiryFigures], column: str) -> dict[tuple, int]:
    found = rows.order_by().values_list(column, "is_outside").annotate(n=Count("pk"))
    return {(place, outside): n for place, outside, n in found}


def _histogram(rows: QuerySet[InquiryFigures], column: str) -> dict[int, int]:
    """Return {minutes: how many}: the database sorts nothing, and what comes over is short."""
    found = rows.filter(**{f"{column}__isnull": False}).order_by().values_list(column).annotate(n=Count("pk"))
    return dict(found)


def _by_owner(rows: QuerySet[InquiryFigures], wanted: BoardFilter, *, now: datetime) -> dict[int | None, _Owned]:
    owned: dict[int | None, _Owned] = defaultdict(lambda: _Owned(Counter(), Counter(), Counter()))
    sums: Any = _sums(wanted, now=now)
    summed: Any = rows.order_by().values("owner_id").annotate(**sums)
    for row in summed:
        owned[row["owner_id"]].counts.update({name: row[f"n_{name}"] for name in PARTS})
    counted = rows.filter(is_left_out=False).order_by()
    for column, name in (("first_minutes", "first"), ("resolution_minutes", "resolution")):
        known = counted.filter(**{f"{column}__isnull": False})
        for owner_id, minutes, n in known.values_list("owner_id", column).annotate(n=Count("pk")):
            getattr(owned[owner_id], name)[minutes] += n
    return dict(owned)


def _people(viewer: Viewer, by_owner: Mapping[int | None, _Owned]) -> list[PersonFigures]:
    seen = [pk for pk in by_owner if pk is None or sees_person(viewer, pk)]
    members = Member.objects.in_bulk([pk for pk in seen if pk is not None])
    found = [PersonFigures(members.get(pk or 0), by_owner[pk].party()) for pk in seen]
    return sorted(found, key=lambda one: (one.member is None, -one.figures.counts["all"]))


def _teams(viewer: Viewer, by_owner: Mapping[int | None, _Owned]) -> list[TeamFigures]:
    seats = defaultdict(set)
    for department_id, member_id in DepartmentMember.objects.values_list("department_id", "member_id"):
        seats[department_id].add(member_id)
    found = []
    for department in Department.objects.filter(pk__in=seats).order_by("position", "pk"):
        working = [pk for pk in seats[department.pk] if pk in by_owner]
        if working:
            # One colleague whose figures are hidden could be worked out by taking away one's own.
            hidden = [pk for pk in working if not sees_person(viewer, pk)]
            may = len(hidden) != 1
            found.append(TeamFigures(department, _sum(by_owner[pk] for pk in working) if may else None))
    return found


def _sum(owned: Iterable[_Owned]) -> Party:
    total = _Owned(Counter(), Counter(), Counter())
    for one in owned:
        total.counts.update(one.counts)
        total.first.update(one.first)
        total.resolution.update(one.resolution)
    return total.party()
