"""Where the file of a run and its bad rows lie: in the community's own folder, for nobody but the process."""

import csv
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kizuna.base import hosting
from kizuna.base.tables import Row
from kizuna.base.tables.headers import folded_header
from kizuna.base.tables.writing import Unholdable, neutralised, reason_headers, write_csv, write_xlsx
from kizuna.core.members.policies import Refused

MOST_BYTES = 500_000_000
PIECE = 1 << 20
LANGUAGES = ("ja", "en")
BAD_FORMATS = {
    "utf8": ("csv", "text/csv; charset=utf-8"),
    "cp932": ("csv", "text/csv; charset=Shift_JIS"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def folder_of(run_id: int) -> Path:
    """Return the folder of a run."""
    return hosting.current().folder / "imports" / "tables" / str(run_id)


def table_of(run_id: int) -> Path:
    return folder_of(run_id) / "table"


def bad_rows_of(run_id: int) -> Path:
    return folder_of(run_id) / "bad.csv"


class Arriving:
    """A file that is being copied in: its digest and length are known before a run is."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        folder = hosting.current().folder / "imports" / "tables"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"arriving-{os.getpid()}-{os.urandom(6).hex()}"
        digest, size = hashlib.sha256(), 0
        try:
            with open(self.path, "wb", opener=_private) as out:
                for piece in pieces:
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise Refused(_("The file is larger than 500 MB."), field="file", code="too_large")
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise
        self.digest, self.size = digest.hexdigest(), size

    def settle(self, run_id: int) -> None:
        """Give the file to its run."""
        folder_of(run_id).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.rename(table_of(run_id))

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def pieces_of(file: BinaryIO) -> Iterable[bytes]:
    """Yield the pieces of an open file."""
    while piece := file.read(PIECE):
        yield piece


def forget(run_id: int) -> None:
    """Remove everything that lies in files of a run."""
    shutil.rmtree(folder_of(run_id), ignore_errors=True)


def ignored_headers() -> list[str]:
    """Return the headers in front of bad rows in every language: whoever reads such a file leaves them out."""
    found: list[str] = []
    for language in LANGUAGES:
        with translation.override(language):
            found += reason_headers()
    return found


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
            self._write([*reason_headers(), *self._headers])

    def add(self, row: Row, reasons: str) -> None:
        """Write a row as it stood, with why in front."""
        cells = (neutralised(row.cells[place]) for place in self._places)
        self._write([str(row.line), neutralised(reasons), *cells])

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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def bad_rows_as(run_id: int, format_name: str) -> tuple[bytes, list[Unholdable]] | None:
    """Return the bad rows in one of BAD_FORMATS, and what that cannot hold; None when there are none."""
    path = bad_rows_of(run_id)
    if not path.exists():
        return None
    if format_name == "utf8":
        return path.read_bytes(), []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        headers = next(rows, [])
        if format_name == "cp932":
            out = io.BytesIO()
            written = write_csv(out, headers, rows, encoding="cp932")
            return out.getvalue(), written.unholdable
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "bad.xlsx"
            write_xlsx(book, headers, rows)
            return book.read_bytes(), []
