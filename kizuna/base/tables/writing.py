"""Write tables so that Excel shows what is there: nothing runs as a formula, and what CP932 cannot hold is told."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kizuna.base.tables.problems import RowProblem, problem_text
from kizuna.base.tables.reading import CONTROL, Row

FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
XLSX_ROWS, XLSX_CELL = 1_048_576, 32_767
GETA = "〓"  # what print shops put where a character is missing
# The same marks under the code that CP932 has for them.
CP932_TWINS = str.maketrans("〜−‖—¢£¬‑–", "～－∥―￠￡￢-－")

Value = str | int | float | Decimal | date | datetime | bool | None


@dataclass(frozen=True)
class Unholdable:
    """Characters that the file's encoding cannot hold; a 〓 stands for each."""

    line: int
    column: str
    characters: str


class _Echo:
    def write(self, value: str) -> str:
        return value


@dataclass
class Written:
    """How many rows were written, and which characters were not."""

    rows: int = 0
    unholdable: list[Unholdable] = field(default_factory=list)


def write_csv(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Value]], *, encoding: str = "utf-8-sig"
) -> Written:
    """Write a CSV file for Excel (UTF-8 with mark, or CP932)."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(text)
    written = Written()
    try:
        for number, row in enumerate(_all(headers, rows)):
            cells = [neutralised(value) for value in row]
            writer.writerow(_held(cells, headers, number + 1, encoding, written))
            written.rows = number
    finally:
        text.detach()
    return written


def csv_lines(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """Return the lines of a CSV file for Excel (UTF-8 with mark), for answers that are sent while they are made.

    The words of every row are in the language of the asking, though it is over by the time when they are sent.
    """
    return _csv_lines(headers, iter(rows), language=get_language() or settings.LANGUAGE_CODE)


def _csv_lines(headers: Sequence[str], rows: Iterator[Sequence[Value]], *, language: str) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    with override(language):
        line = "\ufeff" + writer.writerow([neutralised(head) for head in headers])
    while line:
        yield line
        with override(language):
            row = next(rows, None)
            line = "" if row is None else writer.writerow([neutralised(cell) for cell in row])


def write_xlsx(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[Value]], *, sheet: str = "Sheet1"
) -> Written:
    """Write a workbook row by row. Texts stay texts whatever they begin with; more rows than Excel has raise ValueError."""
    import xlsxwriter  # only where a workbook is made

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    written = Written()
    with xlsxwriter.Workbook(str(path), options | {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.freeze_panes(1, 0)
        page.write_row(0, 0, [_xlsx_text(header) for header in headers], bold)
        for number, row in enumerate(rows, start=1):
            if number >= XLSX_ROWS:
                raise ValueError("A sheet holds 1,048,576 rows.")
            for column, value in enumerate(row):
                _write_cell(page, number, column, value, moments)
            written.rows = number
    return written


class BadRows:
    """The rows that could not be taken, as a file to mend and bring again: as they stood, with why in front."""

    def __init__(self, file: BinaryIO, headers: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._writer.writerow([*reason_headers(), *(neutralised(header) for header in headers)])
        self.count = 0

    def add(self, row: Row, problems: Sequence[RowProblem]) -> None:
        """Write a row and what is wrong with it."""
        reasons = " / ".join(
            f"{problem.column}: {problem_text(problem.code)}" if problem.column else problem_text(problem.code)
            for problem in problems
        )
        self._writer.writerow([row.line, neutralised(reasons), *(neutralised(cell) for cell in row.cells)])
        self.count += 1

    def close(self) -> None:
        """Finish writing and give the file back, open."""
        self._text.flush()
        self._text.detach()


def reason_headers() -> tuple[str, str]:
    """Return the headers of the two columns in front of bad rows; whoever reads the file again leaves them out."""
    return _("Line in the file"), _("Why it could not be taken")


def neutralised(value: Value) -> str:
    """Return the text of a value that no program takes for a formula. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value)
    text = CONTROL.sub("", value)
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def _all(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterable[Sequence[Value]]:
    yield headers
    yield from rows


def _held(cells: list[str], headers: Sequence[str], line: int, encoding: str, written: Written) -> list[str]:
    if encoding.startswith("utf"):
        return cells
    held = []
    for place, cell in enumerate(cells):
        text = cell.translate(CP932_TWINS)
        lost = "".join(dict.fromkeys(one for one in text if not _holds(encoding, one)))
        if lost:
            column = str(headers[place]) if place < len(headers) else ""
            written.unholdable.append(Unholdable(line, column, lost))
            text = "".join(GETA if one in lost else one for one in text)
        held.append(text)
    return held


def _holds(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _write_cell(page: Any, row: int, column: int, value: Value, moments: Any) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)):
        # Excel keeps fifteen digits and knows no infinity: such a number is kept whole as a text.
        exact = Decimal(value)
        if exact.is_finite() and abs(exact) < 10**15:
            page.write_number(row, column, value)
        else:
            page.write_string(row, column, str(value))
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), moments)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day))
    elif value is not None:
        page.write_string(row, column, _xlsx_text(value))


def _xlsx_text(text: str) -> str:
    return CONTROL.sub("", text)[:XLSX_CELL]
