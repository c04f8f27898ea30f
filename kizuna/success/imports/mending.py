"""The rows of a run that could not be taken: kept as they stood with their reasons as codes, worded for whoever reads them."""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kizuna.base.tables import Row
from kizuna.base.tables.headers import folded_header
from kizuna.base.tables.writing import Unholdable, neutralised, reason_headers, write_csv, write_xlsx
from kizuna.success.imports import wording
from kizuna.success.imports.records import Problem
from kizuna.success.imports.storing import folder_of, ignored_headers, private

FORMATS = {
    "utf8": ("csv", "text/csv; charset=utf-8"),
    "cp932": ("csv", "text/csv; charset=Shift_JIS"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
KEPT_HEADERS = ("line", "reasons")  # in front of the file's own; whoever reads gets `reason_headers` instead


def bad_rows_of(run_id: int) -> Path:
    """Return where the rows are kept; `written` and `lay_out` give them to people."""
    return folder_of(run_id) / "bad.csv"


class BadFile:
    """The file of bad rows. What was written after the last commit is cut off when a run goes on."""

    def __init__(self, path: Path, headers: Sequence[str], *, committed: int) -> None:
        skipped = {folded_header(word) for word in ignored_headers()}
        self._places = [place for place, header in enumerate(headers) if folded_header(header) not in skipped]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._headers = [neutralised(headers[place]) for place in self._places]
        self._file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self.cut(committed)

    @property
    def size(self) -> int:
        return self._file.tell()

    def cut(self, committed: int) -> None:
        """Cut everything off that was written after the last commit."""
        self._file.seek(committed)
        self._file.truncate()
        if not committed:
            self._file.write(b"\xef\xbb\xbf")
            self._write([*KEPT_HEADERS, *self._headers])

    def add(self, row: Row, problems: Sequence[Problem]) -> None:
        """Write a row as it stood, with why in front."""
        reasons = json.dumps([[one.column, one.code, one.at] for one in problems], ensure_ascii=False)
        cells = (neutralised(row.cells[place]) for place in self._places)
        self._write([str(row.line), reasons, *cells])

    def make_durable(self) -> None:
        """Have everything written on the disk before a commit names its length."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _write(self, cells: list[str]) -> None:
        text = io.StringIO()
        csv.writer(text).writerow(cells)
        self._file.write(text.getvalue().encode("utf-8", "replace"))


def written(run_id: int, format_name: str) -> tuple[BinaryIO, list[Unholdable]] | None:
    """Return a file of the bad rows in one of FORMATS, worded in the language of the moment, and what it cannot hold.

    None when there are none.
    """
    path = bad_rows_of(run_id)
    if not path.exists():
        return None
    out: BinaryIO = tempfile.TemporaryFile()
    lost: list[Unholdable] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        headers = [*reason_headers(), *next(rows, [])[2:]]
        if format_name == "xlsx":
            _write_book(out, headers, _worded(rows))
        else:
            encoding = "cp932" if format_name == "cp932" else "utf-8-sig"
            lost = write_csv(out, headers, _worded(rows), encoding=encoding).unholdable
    out.seek(0)
    return out, lost


def lay_out(run_id: int) -> Path:
    """Lay the bad rows out as a CSV file beside the run, worded in the language of the moment, for somebody at the machine."""
    path = laid_out(run_id)
    found = written(run_id, "utf8")
    with open(path, "wb", opener=private) as out:
        if found is not None:
            with found[0] as file:
                shutil.copyfileobj(file, out)
    return path


def laid_out(run_id: int) -> Path:
    """Return where `lay_out` lays them."""
    return folder_of(run_id) / "rows-to-mend.csv"


def _worded(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for line, reasons, *cells in rows:
        yield [line, _sentences(reasons), *cells]


def _sentences(reasons: str) -> str:
    try:
        return wording.reasons_of(json.loads(reasons))
    except ValueError:  # of a run of an earlier version, which kept sentences
        return reasons


def _write_book(out: BinaryIO, headers: Sequence[str], rows: Iterator[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "bad.xlsx"
        write_xlsx(book, headers, rows)
        with book.open("rb") as file:
            shutil.copyfileobj(file, out)
