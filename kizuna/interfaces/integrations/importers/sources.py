"""Open what the command line names: files, folders, `.gz`, standard input; as bytes, text or CSV rows with their lines."""

import codecs
import csv
import gzip
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kizuna.interfaces.integrations.importers.records import Skipped

MAX_FIELD = 5_000_000
SNIFFED = 65_536
csv.field_size_limit(MAX_FIELD)


class NothingToRead(ValueError):
    """None of the named paths holds a file of this format."""


def files(paths: list[str], *, suffixes: tuple[str, ...]) -> Iterator[tuple[str, io.BufferedReader]]:
    """Yield (name, open file) for each path; folders are searched for `suffixes` (also with `.gz`)."""
    found = False
    for path in paths:
        if path == "-":
            found = True
            yield "-", sys.stdin.buffer
            continue
        for file in _within(Path(path), suffixes):
            found = True
            with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as source:
                yield file.name, source
    if not found:
        raise NothingToRead(f"There is no {' or '.join(suffixes)} file in {', '.join(paths)}.")


def _within(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    if not path.exists():
        raise NothingToRead(f"{path} does not exist.")
    if path.is_file():
        return [path]
    wanted = tuple(f"{suffix}{ending}" for suffix in suffixes for ending in ("", ".gz"))
    return sorted(file for file in path.rglob("*") if file.is_file() and file.name.endswith(wanted))


def text(source: io.BufferedReader) -> io.TextIOWrapper:
    """Return the file as text: UTF-8 with or without BOM, UTF-16 by BOM, else CP932. Unreadable bytes become U+FFFD."""
    head = source.peek(SNIFFED)[:SNIFFED] if hasattr(source, "peek") else b""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig" if _is_utf8(head) else "cp932"
    return io.TextIOWrapper(source, encoding=encoding, errors="replace", newline="")


def _is_utf8(head: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return True


def rows(
    name: str, source: io.BufferedReader, *, needed: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str]] | Skipped]:
    """Yield (place, row) of a CSV with a heading line, or Skipped for a row with missing or extra cells."""
    lines = (line.replace("\0", "") for line in text(source))
    reader = csv.reader(lines)
    heading = [cell.strip() for cell in next(reader, [])]
    if missing := [column for column in needed if column not in heading]:
        yield Skipped(f"{name}:1", f"the file has no column {', '.join(missing)}")
        return
    while True:
        place = f"{name}:{reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Skipped(place, f"not a CSV row ({error})")
            continue
        if not cells:
            continue
        if len(cells) != len(heading):
            yield Skipped(place, f"{len(cells)} cells instead of {len(heading)}")
            continue
        yield place, dict(zip(heading, cells, strict=True))


def moment(value: str | float | None) -> datetime:
    """Return an aware UTC time from ISO, "2024-01-01 01:04:34 +0000", or seconds since 1970. Raises ValueError."""
    if value is None or value == "":
        raise ValueError("no time")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    cleaned = value.strip().replace(" +", "+").replace(" -", "-")
    if cleaned.replace(".", "", 1).isdigit() and "-" not in cleaned:
        return datetime.fromtimestamp(float(cleaned), UTC)
    found = datetime.fromisoformat(cleaned)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def number(value: str | float | None) -> int:
    """Return a count; empty or unreadable is 0, and never less than 0."""
    try:
        return max(0, int(float(value or 0)))
    except (ValueError, OverflowError):
        return 0
