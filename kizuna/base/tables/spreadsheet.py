"""XLSX, streamed with expat: a sheet's size does not matter to the memory, entities and bombs are refused.

Every cell becomes text: numbers as Python writes them, dates as ISO 8601, yes and no as TRUE and FALSE. A cell far out
costs nothing, because rows are as wide as their last cell and columns beyond the cap end the reading.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from kizuna.base.tables.cells import cell_text, is_date_format
from kizuna.base.tables.problems import FileProblem

MAX_UNPACKED = 2_000_000_000
MAX_SHARED_CHARS = 60_000_000
MAX_CELL = 131_072
MAX_COLUMNS = 1_000
MAX_ROWS = 1_048_576  # what Excel itself holds
# A tag or an attribute larger than this: the parser would look at it again with each chunk.
MAX_TAG = 2_000_000
CHUNK = 65_536
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
MAIN, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_encrypted(file: BinaryIO) -> bool:
    """Tell whether an old-style container holds a workbook locked by a password."""
    file.seek(0)
    return ENCRYPTED in file.read(200_000)


class Workbook:
    """An opened workbook. Raises FileProblem for whatever is none."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise FileProblem("not_a_spreadsheet") from None
        self._left = MAX_UNPACKED
        self._uses_1904 = False
        self._sheets: list[tuple[str, str, bool]] = []  # name, relation, visible
        self._parse(MAIN, self._main_element)
        self._targets: dict[str, str] = {}
        self._parse(RELATIONS, self._relation)
        self.sheet_names = [name for name, _relation, visible in self._sheets if visible]

    def rows(self, sheet: str = "") -> Iterator[tuple[int, list[str], str]]:
        """Yield (row number, cells, "") of a sheet, by name, or of the first visible one."""
        chosen = next((one for one in self._sheets if (one[0] == sheet if sheet else one[2])), None)
        if chosen is None:
            raise FileProblem("no_sheet")
        target = self._targets.get(chosen[1], "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        styles, strings = _Styles(), _SharedStrings()
        for name, element in (("xl/styles.xml", styles), ("xl/sharedStrings.xml", strings)):
            if name in self._zip.NameToInfo:
                self._parse(name, element.start, element.end, element.text)
        collector = _Rows(strings.found, styles.are_dates(), self._uses_1904)
        for _fed in self._fed(part, collector.start, collector.end, collector.text):
            yield from collector.taken()
        yield from collector.taken()

    def _main_element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self._uses_1904 = attributes.get("date1904", "") in ("1", "true")
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            visible = attributes.get("state", "visible") == "visible"
            self._sheets.append((attributes.get("name", ""), relation, visible))

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self._targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _parse(self, part: str, *handlers: Callable) -> None:
        for _fed in self._fed(part, *handlers):
            continue

    def _fed(
        self, part: str, start: Callable, end: Callable | None = None, text: Callable | None = None
    ) -> Iterator[None]:
        """Feed a part of the file to a parser, stopping after each chunk."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
        if end is not None:
            parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
        parser.CharacterDataHandler = text
        # Workbooks declare no entities; whoever does is up to something.
        parser.StartDoctypeDeclHandler = _refuse
        try:
            with self._zip.open(part) as file:
                fed = 0
                while chunk := file.read(CHUNK):
                    fed += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0 or fed - parser.CurrentByteIndex > MAX_TAG:
                        raise FileProblem("too_large_inside")
                    parser.Parse(chunk, False)
                    yield
                parser.Parse(b"", True)
        except (expat.ExpatError, KeyError, zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError):
            raise FileProblem("not_a_spreadsheet") from None
        except ValueError:
            raise FileProblem("not_a_spreadsheet") from None


class _SharedStrings:
    """The texts that cells point at by number; a text in several styles is one text, readings (ruby) are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._is_text = False
        self._in_reading = False
        self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_reading = True
        self._is_text = name == "t" and not self._in_reading

    def end(self, name: str) -> None:
        if name == "si":
            text = "".join(self._parts)
            self.found.append(text)
        elif name == "rPh":
            self._in_reading = False
        self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._size += len(text)
            if self._size > MAX_SHARED_CHARS:
                raise FileProblem("too_large_inside")
            self._parts.append(text)


class _Styles:
    """Which cell formats are dates."""

    def __init__(self) -> None:
        self._formats: dict[int, str] = {}
        self._cells: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._cells.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def text(self, text: str) -> None:
        """Styles hold no text."""

    def are_dates(self) -> list[bool]:
        return [is_date_format(number, self._formats.get(number, "")) for number in self._cells]


class _Rows:
    """Collects the rows of a sheet as they come by."""

    def __init__(self, strings: list[str], are_dates: list[bool], uses_1904: bool) -> None:
        self._strings, self._are_dates, self._uses_1904 = strings, are_dates, uses_1904
        self._ready: list[tuple[int, list[str], str]] = []
        self._number = 0
        self._count = 0
        self._cells: list[str] = []
        self._column = 0
        self._cell: dict[str, str] = {}
        self._parts: list[str] = []
        self._size = 0
        self._is_value = False
        self._in_reading = False

    def taken(self) -> list[tuple[int, list[str], str]]:
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        if name == "row":
            self._count += 1
            if self._count > MAX_ROWS:
                raise FileProblem("too_large_inside", line=self._number)
            self._number = int(attributes.get("r", self._number + 1))
            self._cells = []
        elif name == "c":
            self._cell, self._parts, self._size = attributes, [], 0
            self._column = _column(attributes.get("r", ""), len(self._cells))
            if self._column >= MAX_COLUMNS:
                raise FileProblem("too_many_columns", line=self._number)
        elif name == "rPh":
            self._in_reading = True
        self._is_value = name in ("v", "t") and not self._in_reading

    def end(self, name: str) -> None:
        self._is_value = False
        if name == "row":
            self._ready.append((self._number, self._cells, ""))
        elif name == "rPh":
            self._in_reading = False
        elif name == "c" and self._parts:
            self._cells += [""] * (self._column - len(self._cells))
            text = self._text("".join(self._parts))
            if self._column < len(self._cells):
                self._cells[self._column] = text
            else:
                self._cells.append(text)

    def text(self, text: str) -> None:
        if self._is_value:
            self._size += len(text)
            if self._size > MAX_CELL:
                raise FileProblem("too_large_inside", line=self._number)
            self._parts.append(text)

    def _text(self, raw: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            return self._strings[int(raw)] if int(raw) < len(self._strings) else ""
        style = int(self._cell.get("s", "0"))
        is_date = style < len(self._are_dates) and self._are_dates[style]
        return cell_text(kind, raw, is_date=is_date, uses_1904=self._uses_1904)


def _column(reference: str, following: int) -> int:
    """Return the place of a cell from "BC12"; a cell without one follows the one before."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        return following
    place = 0
    for letter in match[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _refuse(*_: Any) -> None:
    raise FileProblem("not_a_spreadsheet")
