"""From cells to values, by the fields of a kind and the columns a person chose for them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kizuna.base.registry import DayZone, ImportKind, of
from kizuna.base.tables import FileProblem, Row, Table, ValueProblem, read_table
from kizuna.base.tables.dates import DateColumn, read_date
from kizuna.base.tables.headers import folded_header
from kizuna.base.tables.numbers import read_amount, read_number, read_percent, read_whole
from kizuna.base.tables.words import read_yes_no
from kizuna.success.imports.firsts import Firsts
from kizuna.success.imports.records import ImportField, Incoming, Problem

LONGEST_CELL = 20_000
DATES = ("date", "moment", "beginning")


@dataclass(frozen=True)
class Reader:
    """How the rows of one run are read."""

    columns: list[tuple[int, ImportField, str]]  # place, field, order of day and month
    fixed: dict[str, Any]  # what every row says
    headers: tuple[str, ...]
    clears_empty: bool
    zone: ZoneInfo

    def read(self, row: Row) -> Incoming:
        """Read one row; what cannot be read is noted at its column."""
        incoming = Incoming(row.line, row.cells, dict(self.fixed))
        if row.problem is not None:
            incoming.problems.append(Problem("", "", row.problem.code))
            return incoming
        for place, field, order in self.columns:
            text = row.cells[place].strip()
            if not text:
                self._empty(incoming, place, field)
                continue
            try:
                incoming.values[field.name] = READERS[field.reads](text, field, order, self.zone)
            except ValueProblem as problem:
                incoming.problems.append(Problem(self.headers[place], text[:80], problem.code))
        return incoming

    def header_of(self, name: str) -> str:
        """Return the header of the column that holds a field, "" when none does."""
        return next((self.headers[place] for place, field, _order in self.columns if field.name == name), "")

    def _empty(self, incoming: Incoming, place: int, field: ImportField) -> None:
        if field.is_needed:
            incoming.problems.append(Problem(self.headers[place], "", "missing"))
        elif self.clears_empty:
            incoming.values[field.name] = None


def fields_of(kind: ImportKind) -> dict[str, ImportField]:
    """Return the fields of a kind by name."""
    return {field.name: field for field in kind.fields()}


def reader_of(
    kind: ImportKind, *, mapping: dict[str, int], fixed: dict[str, str], columns: list[dict], orders: dict, clears: bool
) -> Reader:
    """Return the reader for a run."""
    fields = fields_of(kind)
    said = {name: value_of(text, fields[name]) for name, text in fixed.items() if name in fields}
    chosen = [
        (place, fields[name], orders.get(str(place)) or columns[place]["order"])
        for name, place in sorted(mapping.items(), key=lambda item: item[1])
        if name in fields
    ]
    return Reader(chosen, said, tuple(column["header"] for column in columns), clears, day_zone())


def value_of(text: str, field: ImportField) -> Any:
    """Return what a text means that stands for every row. Raises ValueProblem."""
    return READERS[field.reads](text.strip(), field, "", day_zone())


def day_zone() -> ZoneInfo:
    """Return the time zone in which times without one are meant: the community's."""
    declared = of(DayZone)
    return ZoneInfo(declared[0].zone() if declared else "UTC")


@contextmanager
def opened(path: Path, *, encoding: str = "") -> Iterator[Table]:
    """Open a table for as long as the block lasts."""
    with closing(path.open("rb")) as file:
        yield read_table(file, encoding=encoding)


@contextmanager
def firsts() -> Iterator[Firsts]:
    """Hold the keys of a file for as long as the block lasts."""
    with closing(Firsts()) as found:
        yield found


def examined(path: Path, *, encoding: str, told: Callable[[int], None]) -> tuple[Table, list[dict[str, Any]], int]:
    """Read a table once: its columns with first value, filled cells and order of dates, and how many rows there are."""
    with opened(path, encoding=encoding) as table:
        columns: list[dict[str, Any]] = [{"header": header, "first": "", "filled": 0} for header in table.headers]
        dates = [DateColumn() for _header in table.headers]
        count = 0
        for count, row in enumerate(table.rows, start=1):
            for place, cell in enumerate(row.cells):
                if cell:
                    column = columns[place]
                    column["filled"] += 1
                    column["first"] = column["first"] or cell.strip()[:60]
                    if 7 < len(cell) < 32:
                        dates[place].see(cell)
            if count % 20_000 == 0:
                told(count)
        for column, seen in zip(columns, dates, strict=True):
            column |= {"order": seen.order, "is_unclear": seen.needs_choice}
    if not count:
        raise FileProblem("no_rows")
    return table, columns, count


def _line(text: str, field: ImportField, order: str, zone: ZoneInfo) -> str:
    if len(text) > LONGEST_CELL:
        raise ValueProblem("too_long")
    return text


def _date(text: str, field: ImportField, order: str, zone: ZoneInfo) -> date:
    return read_date(text, order=order)


def _moment(text: str, field: ImportField, order: str, zone: ZoneInfo, *, untimed: time = time(12)) -> datetime:
    """Read a moment: ISO with or without a zone, or any day, whose noon is meant when no time is said."""
    plain = text.replace("/", "-").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        day, clock = read_date(text, order=order), _clock(text, untimed)
        moment = datetime.combine(day, clock)
    else:
        if len(plain) <= 10:
            moment = datetime.combine(moment.date(), untimed)
    if not 1990 <= moment.year <= 2200:
        raise ValueProblem("not_a_date")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _beginning(text: str, field: ImportField, order: str, zone: ZoneInfo) -> datetime:
    """Read the moment at which something began: of a day alone its first, for the rest may have followed on the same day."""
    return _moment(text, field, order, zone, untimed=time())


def _clock(text: str, untimed: time) -> time:
    for part in text.split():
        pieces = part.split(":")
        if len(pieces) in (2, 3) and all(piece.isdecimal() for piece in pieces):
            try:
                return time(int(pieces[0]), int(pieces[1]))
            except (ValueError, OverflowError):
                raise ValueProblem("not_a_date") from None
    return untimed


def _whole(text: str, field: ImportField, order: str, zone: ZoneInfo) -> int:
    return read_whole(text)


def _percent(text: str, field: ImportField, order: str, zone: ZoneInfo) -> int:
    return read_percent(text)


def _amount(text: str, field: ImportField, order: str, zone: ZoneInfo) -> tuple[Decimal, str]:
    return read_amount(text)


def _number(text: str, field: ImportField, order: str, zone: ZoneInfo) -> int | float:
    number = read_number(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _yes_no(text: str, field: ImportField, order: str, zone: ZoneInfo) -> bool:
    return read_yes_no(text)


def _choice(text: str, field: ImportField, order: str, zone: ZoneInfo) -> str:
    value = field.choices.get(folded_header(text))
    if value is None:
        raise ValueProblem("not_in_list")
    return value


def _several(text: str, field: ImportField, order: str, zone: ZoneInfo) -> list[str]:
    for mark in ";；、，,\n|｜":
        text = text.replace(mark, "\t")
    return [part.strip() for part in text.split("\t") if part.strip()][:50]


READERS: dict[str, Callable[[str, ImportField, str, ZoneInfo], Any]] = {
    "line": _line,
    "text": _line,
    "date": _date,
    "moment": _moment,
    "beginning": _beginning,
    "whole": _whole,
    "percent": _percent,
    "amount": _amount,
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "several": _several,
}
