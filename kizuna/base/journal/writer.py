"""Writing: one thread per journal makes durable, with one fsync, what all waiting callers brought."""

import fcntl
import logging
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from kizuna.base.journal.segments import FINISHED, OPEN, backlog_bytes, sync_folder

logger = logging.getLogger("kizuna.journal")

BACKLOG_LOOK_SECONDS = 1.0
APPEND_SECONDS = 20.0
_sync = getattr(os, "fdatasync", os.fsync)


class Overloaded(Exception):
    """More waits than may. Come back in `retry_seconds`."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"retry in {retry_seconds} s")
        self.retry_seconds = retry_seconds


class NotWritten(Exception):
    """Nothing of what was brought is durable: the disk is full or refuses."""


@dataclass(slots=True)
class _Brought:
    lines: bytes
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Journal:
    """One process' writer into `folder`.

    A segment is finished when it holds `segment_bytes` or is `segment_seconds` old, so that readers get it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = 4_000_000,
        segment_seconds: float = 3.0,
        max_waiting_bytes: int = 16_000_000,
        max_backlog_bytes: int = 2_000_000_000,
    ) -> None:
        self.folder = folder
        self.segment_bytes = segment_bytes
        self.segment_seconds = segment_seconds
        self.max_waiting_bytes = max_waiting_bytes
        self.max_backlog_bytes = max_backlog_bytes
        self._condition = threading.Condition()
        self._waiting: list[_Brought] = []
        self._waiting_bytes = 0
        self._thread: threading.Thread | None = None
        self._segment: _Segment | None = None
        self._backlog = (0.0, 0)
        self._is_closing = False

    def append(self, lines: bytes) -> None:
        """Return when `lines` (each ending in a newline) are durable. Raises Overloaded or NotWritten, then none is."""
        if self._backlog_bytes() > self.max_backlog_bytes:
            raise Overloaded(30)
        brought = _Brought(lines)
        with self._condition:
            if self._waiting and self._waiting_bytes + len(lines) > self.max_waiting_bytes:
                raise Overloaded(1)
            self._waiting.append(brought)
            self._waiting_bytes += len(lines)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._write_forever, name="journal", daemon=True)
                self._thread.start()
            self._condition.notify()
        # Past this time nobody knows what became of it: the caller sends it again, and readers know it by its id.
        if not brought.done.wait(APPEND_SECONDS):
            raise NotWritten("the disk does not answer")
        if brought.error is not None:
            raise NotWritten(str(brought.error)) from brought.error

    def close(self) -> None:
        """Write what waits, finish the segment and end the thread."""
        with self._condition:
            self._is_closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()

    def _backlog_bytes(self) -> int:
        looked_at, size = self._backlog
        if time.monotonic() - looked_at > BACKLOG_LOOK_SECONDS:
            size = backlog_bytes(self.folder)
            self._backlog = (time.monotonic(), size)
        return size

    def _write_forever(self) -> None:
        while True:
            group = self._next_group()
            if group:
                self._commit(group)
            if self._segment is not None and (self._is_closing or self._segment.is_due(self)):
                self._finish()
            if self._is_closing and not self._waiting:
                return

    def _next_group(self) -> list[_Brought]:
        with self._condition:
            if not self._waiting and not self._is_closing:
                self._condition.wait(self._segment.seconds_left(self) if self._segment else None)
            group, self._waiting, self._waiting_bytes = self._waiting, [], 0
        return group

    def _commit(self, group: list[_Brought]) -> None:
        error: Exception | None = None
        try:
            if self._segment is None:
                self._segment = _Segment.begun(self.folder)
            self._segment.write(b"".join(brought.lines for brought in group))
        except Exception as raised:
            logger.exception("the journal in %s cannot be written", self.folder.name)
            error = raised
            if self._segment is not None:
                self._finish()
        for brought in group:
            brought.error = error
            brought.done.set()

    def _finish(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.finish()


class _Segment:
    """The file in hand, locked for as long as this process lives."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self.handle = handle
        self.size = 0
        self.began_at = time.monotonic()

    @classmethod
    def begun(cls, folder: Path) -> "_Segment":
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}.new"
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o640)
        # Locked before it has the name that readers look for: no moment in which it looks abandoned.
        fcntl.flock(handle, fcntl.LOCK_EX)
        path.rename(path.with_suffix(OPEN))
        sync_folder(folder)
        return cls(path.with_suffix(OPEN), handle)

    def write(self, lines: bytes) -> None:
        """Append and fsync; on failure cut off again what was begun, so that nothing of the group stands."""
        try:
            view = memoryview(lines)
            while view:
                view = view[os.write(self.handle, view) :]
            _sync(self.handle)
        except OSError:
            os.ftruncate(self.handle, self.size)
            raise
        self.size += len(lines)

    def is_due(self, journal: Journal) -> bool:
        return self.size >= journal.segment_bytes or self.seconds_left(journal) <= 0

    def seconds_left(self, journal: Journal) -> float:
        return max(0.0, self.began_at + journal.segment_seconds - time.monotonic())

    def finish(self) -> None:
        """Give the segment to the readers. Whatever fails here, closing frees the lock and a reader adopts it."""
        try:
            if self.size:
                self.path.rename(self.path.with_suffix(FINISHED))
            else:
                self.path.unlink()
        except OSError:
            logger.exception("segment %s cannot be finished", self.path.name)
        finally:
            os.close(self.handle)
