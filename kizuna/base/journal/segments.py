"""Segments as their readers see them.

`NAME.open` belongs to a living writer, which holds a lock on it; `NAME.jsonl` is finished. A writer that died leaves an
`.open` file without a lock: whoever looks for finished segments adopts it.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

OPEN, FINISHED = ".open", ".jsonl"


def finished(folder: Path) -> list[Path]:
    """Return the finished segments, oldest first, after adopting those whose writer is gone."""
    for path in sorted(folder.glob(f"*{OPEN}")):
        _adopt(path)
    return sorted(folder.glob(f"*{FINISHED}"))


def is_being_written(folder: Path) -> bool:
    """Tell whether a segment is still open."""
    return next(folder.glob(f"*{OPEN}"), None) is not None


def whole_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that were written to their end; what a dying writer left half done was never acknowledged."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def last_lines(path: Path, *, limit: int, max_bytes: int = 65_536) -> list[bytes]:
    """Return up to `limit` whole lines from the end, newest last, reading at most `max_bytes`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - max_bytes)
            file.seek(start)
            read = file.read(max_bytes)
    except FileNotFoundError:  # folded in the meantime
        return []
    lines = read.split(b"\n")
    whole = lines[1:-1] if start else lines[:-1]
    return whole[-limit:]


def backlog_bytes(folder: Path) -> int:
    """Return how much waits in the folder to be read."""
    total = 0
    for path in (*folder.glob(f"*{FINISHED}"), *folder.glob(f"*{OPEN}")):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # folded in the meantime
            continue
    return total


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _adopt(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:  # finished in the meantime
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists():
            path.rename(path.with_suffix(FINISHED))
    except OSError:  # a living writer holds the lock
        return
    finally:
        os.close(handle)
