"""The week of one person as a table, and which weeks are closed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from kizuna.core.members.viewer import Viewer
from kizuna.success.effort.models import Effort, EffortFunction, EffortWeek, EffortWeekChange
from kizuna.success.effort.queries.rows import functions

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LineKey:
    """A line of the week: function, kind of touch, customer."""

    function_id: int
    touch: str = ""
    account_id: int | None = None

    @property
    def word(self) -> str:
        return f"{self.function_id}.{self.touch}.{self.account_id or ''}"


@dataclass(frozen=True)
class Cell:
    """What one line has on one day: typed minutes, which the table changes, and the rest, which stands on its own."""

    day: date
    typed: int
    other: int


@dataclass(frozen=True)
class Line:
    key: LineKey
    function: EffortFunction
    account_name: str
    cells: list[Cell]

    @property
    def total(self) -> int:
        return sum(cell.typed + cell.other for cell in self.cells)


@dataclass(frozen=True)
class Week:
    """One person's week."""

    week_on: date
    lines: list[Line]
    is_closed: bool

    @property
    def days(self) -> list[date]:
        return days_of(self.week_on)

    def total_on(self, place: int) -> int:
        return sum(line.cells[place].typed + line.cells[place].other for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days_of(week_on: date) -> list[date]:
    return [week_on + timedelta(days=place) for place in range(7)]


def is_typed(row: Effort) -> bool:
    """Tell whether a row is a plain number of the table: by hand, without words of its own."""
    return row.how == Effort.How.MANUAL and not row.note and row.contact_id is None and row.started_at is None


def week_of(viewer: Viewer, week_on: date, *, with_last: bool = False) -> Week:
    """Return the viewer's own week. `with_last` also shows the lines of the week before, without its hours."""
    rows = list(_own(viewer, week_on))
    names = {row.account_id: row.account.name for row in rows if row.account}
    keys = {LineKey(item.pk) for item in functions()} | {_key(row) for row in rows}
    if with_last:
        last = list(_own(viewer, week_on - WEEK))
        names |= {row.account_id: row.account.name for row in last if row.account}
        keys |= {_key(row) for row in last if not row.function.is_retired}
    known = {item.pk: item for item in functions(with_retired=True)}
    cells: dict[tuple[LineKey, date], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        cells[_key(row), row.day][0 if is_typed(row) else 1] += row.minutes
    lines = [
        Line(
            key=key,
            function=known[key.function_id],
            account_name=names.get(key.account_id, ""),
            cells=[Cell(day, *cells[key, day]) for day in days_of(week_on)],
        )
        for key in sorted(keys, key=lambda key: (known[key.function_id].position, key.function_id, key.word))
    ]
    return Week(week_on=week_on, lines=lines, is_closed=is_closed(week_on))


def is_closed(week_on: date) -> bool:
    return EffortWeek.objects.filter(week_on=week_on, is_closed=True).exists()


def weeks_before(today: date, *, count: int) -> list[tuple[date, bool, EffortWeekChange | None]]:
    """Return the last weeks that are over, each with whether it is closed and what was last done to it."""
    first = monday_of(today)
    days = [first - WEEK * place for place in range(1, count + 1)]
    known = {week.week_on: week for week in EffortWeek.objects.filter(week_on__in=days)}
    latest: dict[date, EffortWeekChange] = {}
    changes = EffortWeekChange.objects.filter(week__week_on__in=days).select_related("week", "by").order_by("at", "pk")
    for change in changes:
        latest[change.week.week_on] = change
    return [(day, bool(known.get(day) and known[day].is_closed), latest.get(day)) for day in days]


def _own(viewer: Viewer, week_on: date):
    rows = Effort.objects.filter(member_id=viewer.own_id, is_removed=False)
    return rows.filter(day__gte=week_on, day__lt=week_on + WEEK).select_related("function", "account")


def _key(row: Effort) -> LineKey:
    return LineKey(row.function_id, row.touch, row.account_id)
