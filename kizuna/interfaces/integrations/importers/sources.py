"""Open what the command line names: files, folders, `.gz`, standard input; read them by bounded pieces."""

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kizuna.interfaces.integrations.importers.records import Skipped

SNIFFED = 65_536
CHUNK = 262_144
MAX_LINE = 20_000_000
NO_LETTERS = re.compile("[\uf8f0-\uf8f3]")  # what Python's CP932 makes of bytes that are none of its letters
GZIP_MAGIC = b"\x1f\x8b"


class NothingToRead(ValueError):
    """None of the named paths holds a file of this format."""


class Source:
    """One open file: its name in reports, and its content piece by piece. `damage` says why it ended too early."""

    def __init__(self, name: str, stream: io.BufferedIOBase) -> None:
        self.name = name
        self.damage = ""
        self._stream = io.BufferedReader(_Guarded(self, stream), CHUNK)
        head = self._stream.peek(SNIFFED)[:SNIFFED]
        self._is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if self._is_utf16:
            self._stream = io.BufferedReader(_AsUtf8(self._stream), CHUNK)
            head = self._stream.peek(SNIFFED)[:SNIFFED]
        self.head = head
        self._decoder = _LineDecoder()

    def chunks(self) -> Iterator[bytes]:
        """Yield the content as it is."""
        while chunk := self._stream.read(CHUNK):
            yield chunk

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Yield (line number, text with its line end); None in the place of a line that is longer than any row can be."""
        line_number = 0
        while line := self._stream.readline(MAX_LINE):
            line_number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                self._pass_over_line()
                yield line_number, None
            else:
                yield line_number, self._decoder.text(line)

    def lost_letters(self) -> bool:
        """Tell whether bytes that are no letters were met since this was last asked."""
        lost, self._decoder.lost = self._decoder.lost, False
        return lost

    def text_chunks(self) -> Iterator[str]:
        """Yield the content as text."""
        encoding = "utf-8-sig" if _is_utf8(self.head) else "cp932"
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for chunk in self.chunks():
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)

    def _pass_over_line(self) -> None:
        while (rest := self._stream.readline(CHUNK)) and not rest.endswith(b"\n"):
            pass


def files(paths: list[str], *, suffixes: tuple[str, ...]) -> Iterator[Source | Skipped]:
    """Yield each file open, folders searched for `suffixes` (also with `.gz`), and what ended a damaged one too early."""
    found = False
    for path in paths:
        for name, file in _named(path, suffixes):
            found = True
            try:
                yield from _opened(name, file)
            except OSError as error:
                yield Skipped(name, f"the file cannot be read ({error.strerror or error})", kind="files")
    if not found:
        raise NothingToRead(f"There is no {' or '.join(suffixes)} file in {', '.join(paths)}.")


def _named(path: str, suffixes: tuple[str, ...]) -> list[tuple[str, Path | None]]:
    if path == "-":
        return [("-", None)]
    root = Path(path)
    if not root.exists():
        raise NothingToRead(f"{path} does not exist.")
    if not root.is_dir():
        return [(root.name, root)]
    wanted = tuple(f"{suffix}{ending}" for suffix in suffixes for ending in ("", ".gz"))
    found = (file for file in root.rglob("*") if file.is_file() and file.name.endswith(wanted))
    return [(file.relative_to(root).as_posix(), file) for file in sorted(found)]


def _opened(name: str, file: Path | None) -> Iterator[Source | Skipped]:
    stream = sys.stdin.buffer if file is None else file.open("rb")
    try:
        buffered = io.BufferedReader(stream, CHUNK) if file is None else stream  # type: ignore[arg-type,type-var]
        is_packed = buffered.peek(2)[:2] == GZIP_MAGIC
        source = Source(name, gzip.GzipFile(fileobj=buffered) if is_packed else buffered)
        yield source
        if source.damage:
            yield Skipped(name, f"the file is damaged from here on ({source.damage})", kind="files")
    finally:
        if file is not None:
            stream.close()


class _Guarded(io.RawIOBase):
    """Ends at the first byte that cannot be read or unpacked, and says so."""

    def __init__(self, source: Source, stream: io.BufferedIOBase) -> None:
        self._source, self._inner = source, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if self._source.damage:
            return 0
        try:
            found = self._inner.read1(len(buffer))  # what was unpacked before the damage is not thrown away with it
        except (OSError, EOFError, zlib.error) as error:
            self._source.damage = str(error)
            return 0
        buffer[: len(found)] = found
        return len(found)


class _AsUtf8(io.RawIOBase):
    """UTF-16 as UTF-8."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._inner = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._ready:
            chunk = self._inner.read(CHUNK)
            self._ready = self._decoder.decode(chunk, final=not chunk).encode()
            if not chunk:
                break
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class _LineDecoder:
    """UTF-8, else CP932, line by line: a file may begin in plain ASCII, or be glued together of two."""

    def __init__(self) -> None:
        self._order = ["utf-8", "cp932"]
        self._is_settled = False
        self._is_first = True
        self.lost = False

    def text(self, line: bytes) -> str:
        if self._is_first:
            line, self._is_first = line.removeprefix(codecs.BOM_UTF8), False
        if line.isascii():
            return line.decode("ascii")
        for encoding in self._order:
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError:
                continue
            if NO_LETTERS.search(text):
                continue
            if not self._is_settled:  # the first line with other letters says what the rest is likely to be
                self._is_settled = True
                self._order.sort(key=lambda candidate: candidate != encoding)
            return text
        self.lost = True
        return line.decode("utf-8", "replace")


def _is_utf8(head: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return True
