"""Open a file of any of the known kinds and read it row by row; how large it is does not matter to the memory used."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kizuna.base.tables import delimited, spreadsheet
from kizuna.base.tables.encodings import encoding_of
from kizuna.base.tables.problems import FileProblem, RowProblem

MAX_COLUMNS = 500
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What our own files put before a text that Excel would take for a formula.
NEUTRALISED = re.compile(r"^'(?=[=+\-@＝＋－＠\t\r])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the number of the line it begins on, as many cells as there are columns, and what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    problem: RowProblem | None = None


@dataclass
class Table:
    """The names of the columns, and the rows to be read once. Raises FileProblem while reading as well."""

    headers: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""
    sheets: list[str] = field(default_factory=list)


def read_table(source: Path | BinaryIO, *, sheet: str = "", encoding: str = "", delimiter: str = "") -> Table:
    """Open a table: a path, or a binary file that can be sought. Raises FileProblem.

    What is not given is found out: the encoding, the delimiter; of a workbook the first visible sheet is read.
    """
    file = source.open("rb") if isinstance(source, Path) else source
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if not start:
        raise FileProblem("empty_file")
    if start.startswith(OLD_EXCEL):
        raise FileProblem("locked_spreadsheet" if spreadsheet.is_encrypted(file) else "old_spreadsheet")
    if start.startswith(ZIP):
        book = spreadsheet.Workbook(file)
        headers, rows = _begun(book.rows(sheet))
        return Table(headers, rows, sheets=book.sheet_names)
    encoding = encoding or encoding_of(file)
    delimiter = delimiter or delimited.delimiter_of(file, encoding)
    headers, rows = _begun(delimited.rows(file, encoding=encoding, delimiter=delimiter))
    return Table(headers, rows, encoding=encoding, delimiter=delimiter)


def _begun(lines: Iterable[tuple[int, list[str], str]]) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Take the first row with anything in it for the header and leave the rest to be read."""
    waiting = iter(lines)
    for _line, cells, code in waiting:
        headers = tuple(_clean(cell).strip() for cell in cells)
        while headers and not headers[-1]:
            headers = headers[:-1]
        if len(headers) > MAX_COLUMNS:
            raise FileProblem("too_many_columns", line=_line)
        if code or any(CONTROL.search(cell) for cell in cells):
            raise FileProblem(code or "control_character", line=_line)
        if headers:
            return headers, _rows(waiting, len(headers))
    raise FileProblem("no_header")


def _rows(lines: Iterator[tuple[int, list[str], str]], width: int) -> Iterator[Row]:
    for line, cells, code in lines:
        together = "".join(cells)
        if not code and (not together or together.isspace()):
            continue
        if len(cells) > width:
            code = code or ("too_many_cells" if "".join(cells[width:]).strip() else "")
        elif len(cells) < width:
            cells += [""] * (width - len(cells))
        # Nearly every row needs no cleaning; looking once at all of it is several times faster.
        if "'" in together or not together.isprintable():
            code = code or ("control_character" if CONTROL.search(together) else "")
            cells = [_clean(cell) for cell in cells]
        yield Row(line, tuple(cells[:width]), RowProblem(line, "", "", code) if code else None)


def meant(cell: str) -> str:
    """Return a text as it was before `writing.neutralised` put an apostrophe in front."""
    return NEUTRALISED.sub("", cell, count=1) if cell.startswith("'") else cell


def _clean(cell: str) -> str:
    return meant(CONTROL.sub("", cell))
