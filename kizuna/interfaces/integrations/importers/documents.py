"""JSON: a list, an object, or an object a line; items come one by one, and deep or broken ones cost themselves."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from kizuna.interfaces.integrations.importers.records import Skipped
from kizuna.interfaces.integrations.importers.sources import MAX_LINE, Source

MAX_DOCUMENT = 32_000_000  # characters of one item, or of a file that is one object
_BLANK = " \t\r\n"
Item = tuple[str, dict[str, Any]]


def items(source: Source, *, kind: str) -> Iterator[Item | Skipped]:
    """Yield (place, object) of each item."""
    start = source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    found = _of_list(source) if start == b"[" else _of_lines(source)
    for place, item in found:
        if isinstance(item, dict):
            yield place, item
        else:
            reason = str(item) if isinstance(item, _Broken) else "not an object"
            yield Skipped(place, reason, kind=kind)


class _Broken(ValueError):
    """Text that is no JSON, and why."""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return _Broken("nested too deeply")
    except ValueError as error:
        return _Broken(f"not JSON ({error})")


def _of_lines(source: Source) -> Iterator[tuple[str, Any]]:
    """Items of one line each. When already the first line is no whole item, the file is one object over many lines."""
    lines = source.lines()
    for line_number, line in lines:
        place = f"{source.name}:{line_number}"
        if line is None:
            yield place, _Broken(f"a line of more than {MAX_LINE} bytes")
            continue
        if not line.strip():
            continue
        item = _parsed(line)
        if line_number == 1 and isinstance(item, _Broken) and "nested" not in str(item):
            yield from _whole(source.name, line, lines)
            return
        yield place, item


def _whole(name: str, first: str, lines: Iterator[tuple[int, str | None]]) -> Iterator[tuple[str, Any]]:
    """The file as one object; when it is none, its lines by themselves after all (a broken first line costs only itself)."""
    kept: list[tuple[int, str | None]] = [(1, first)]
    size = len(first)
    for line_number, line in lines:
        kept.append((line_number, line))
        size += len(line or "")
        if size > MAX_DOCUMENT:
            break
    if size <= MAX_DOCUMENT:
        item = _parsed("".join(line or "" for _number, line in kept))
        if not isinstance(item, _Broken) or len(kept) == 1:
            yield f"{name}:1", item
            return
    for line_number, line in chain(kept, lines):
        if line and line.strip():
            yield f"{name}:{line_number}", _parsed(line)


class _Window:
    """The part of a text that is being read, and the line it begins on."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self.text, self.position, self.line = "", 0, 1

    def more(self) -> bool:
        """Read as much again as is held; tell whether there was anything."""
        wanted = max(1, len(self.text) - self.position)
        self.text = self.text[self.position :]
        self.position = 0
        parts, size = [self.text], 0
        for chunk in self._chunks:
            parts.append(chunk)
            size += len(chunk)
            if size >= wanted:
                break
        self.text = "".join(parts)
        return size > 0

    def skip(self, characters: str) -> str:
        """Pass over `characters` and return the next one, "" at the end."""
        while True:
            while self.position < len(self.text) and self.text[self.position] in characters:
                self.line += self.text[self.position] == "\n"
                self.position += 1
            if self.position < len(self.text):
                return self.text[self.position]
            if not self.more():
                return ""

    def advance(self, end: int) -> None:
        self.line += self.text.count("\n", self.position, end)
        self.position = end


def _of_list(source: Source) -> Iterator[tuple[str, Any]]:
    window, decoder = _Window(source.text_chunks()), json.JSONDecoder()
    window.skip("\ufeff" + _BLANK)
    window.position += 1
    while (character := window.skip(_BLANK + ",")) not in ("", "]"):
        place = f"{source.name}:{window.line}"
        item = _decoded(window, decoder)
        yield place, item
        if isinstance(item, _Broken):
            return
    if not character:
        yield f"{source.name}:{window.line}", _Broken("the file ends inside the list")


def _decoded(window: _Window, decoder: json.JSONDecoder) -> Any:
    while True:
        try:
            item, end = decoder.raw_decode(window.text, window.position)
        except RecursionError:
            return _Broken("nested too deeply; not read from here on")
        except ValueError as error:
            if len(window.text) - window.position > MAX_DOCUMENT or not window.more():
                return _Broken(f"not JSON from here on ({error.args[0].partition(':')[0]})")
            continue
        # A number at the very end of the window may go on beyond it; objects end with their brace.
        if end == len(window.text) and not isinstance(item, dict | list | str) and window.more():
            continue
        window.advance(end)
        return item
