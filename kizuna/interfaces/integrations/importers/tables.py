"""CSV and TSV with a heading line. A broken row costs itself and no other."""

import csv
from collections.abc import Iterator

from kizuna.interfaces.integrations.importers.records import Note, Skipped
from kizuna.interfaces.integrations.importers.sources import MAX_LINE, Source

MAX_CELL = 5_000_000
DELIMITERS = (",", "\t", ";")
csv.field_size_limit(MAX_CELL)

Row = dict[str, str]


def rows(
    source: Source, *, needed: tuple[str, ...], columns: dict[str, str], kind: str
) -> Iterator[tuple[str, Row] | Skipped | Note]:
    """Yield (place, row) of each row, or Skipped for one with missing or extra cells. `columns` renames fields."""
    lines = _Lines(source)
    heading_line = next(lines, "")
    delimiter = max(DELIMITERS, key=heading_line.count)
    heading = [cell.strip() for cell in next(csv.reader([heading_line], delimiter=delimiter), [])]
    if missing := [field for field in needed if columns.get(field, field) not in heading]:
        wanted = ", ".join(columns.get(field, field) for field in missing)
        yield Skipped(f"{source.name}:1", f"the file has no column {wanted}", kind="files")
        return
    reader = csv.reader(lines, delimiter=delimiter)
    while (item := _next(source.name, reader, lines, len(heading), kind)) is not None:
        if isinstance(item, Skipped):
            yield item
            continue
        place, cells = item
        row = dict(zip(heading, cells, strict=True))
        row |= {field: row[column] for field, column in columns.items() if column in row}
        if source.lost_letters():
            yield Note(place, "some letters could not be read")
        yield place, row


def _next(name: str, reader, lines: "_Lines", width: int, kind: str) -> tuple[str, list[str]] | Skipped | None:
    """Return the next row that is not blank. One that does not fit gives back the lines it took beyond its first."""
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return None
        except csv.Error as error:
            return Skipped(lines.give_back(name), f"not a CSV row ({error})", kind=kind)
        if lines.too_long:
            return Skipped(lines.give_back(name), f"a line of more than {MAX_LINE} bytes", kind=kind)
        if len(cells) == width:
            return f"{name}:{lines.first}", cells
        if cells:
            return Skipped(lines.give_back(name), f"{len(cells)} cells instead of {width}", kind=kind)


class _Lines:
    """The lines of a file, of which a row may give back those it should not have taken."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._returned: list[tuple[int, str]] = []
        self._taken: list[tuple[int, str]] = []
        self.too_long = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line_number, line = self._returned.pop() if self._returned else next(self._lines)
        if line is None:
            line, self.too_long = "\n", True
        self._taken.append((line_number, line))
        return line

    @property
    def first(self) -> int:
        return self._taken[0][0]

    def begin_row(self) -> None:
        self._taken, self.too_long = [], False

    def give_back(self, name: str) -> str:
        """Put back all lines of the row but the first; return the place of the first."""
        self._returned.extend(reversed(self._taken[1:]))
        return f"{name}:{self.first}"
