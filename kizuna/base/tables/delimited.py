"""CSV and TSV, streamed: no line and no cell can be larger than its cap, whatever the quotation marks say."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from kizuna.base.tables.problems import FileProblem

DELIMITERS = (",", "\t", ";", "|")
MAX_LINE = 1_000_000
LINES_LOOKED_AT = 30


def rows(file: BinaryIO, *, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line on which the row begins, cells, problem code). Raises FileProblem."""
    lines = _Lines(file, encoding)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begins = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = str(error)
            if "field larger" in text or "unexpected end" in text:
                raise FileProblem("unclosed_quote", line=begins) from None
            yield begins, [], "broken_quote"
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        yield begins, cells, ""


def delimiter_of(file: BinaryIO, encoding: str) -> str:
    """Return the delimiter that parts the first lines most evenly; a comma when there is one column only."""
    lines = list(islice(_Lines(file, encoding), LINES_LOOKED_AT))
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines if line.strip()]
        if not counts or not counts[0]:
            continue
        score = counts[0] * sum(count == counts[0] for count in counts) / len(counts)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[0::2])


class _Lines:
    """The lines of the file with their number; one that is too long ends the reading instead of filling the memory."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        file.seek(0)
        # Not closed with the wrapper: the file belongs to the caller.
        self._text = io.TextIOWrapper(
            io.BufferedReader(_Borrowed(file)), encoding=encoding, errors="strict", newline=None
        )
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(MAX_LINE + 1)
        except UnicodeDecodeError:
            raise FileProblem("encoding", line=self.number + 1) from None
        if not line:
            raise StopIteration
        if len(line) > MAX_LINE:
            raise FileProblem("line_too_long", line=self.number + 1)
        self.number += 1
        return line


class _Borrowed(io.RawIOBase):
    """Reads from a file that others own."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        read = self._file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)
