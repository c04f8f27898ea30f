"""Requests that were turned away at the door, counted in memory and written as one line now and then.

Whoever has no valid key must not be able to fill the disk, however often they ask.
"""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

from kizuna.base import hosting
from kizuna.base.journal import NotWritten, Overloaded
from kizuna.success.usage.intake import journal
from kizuna.success.usage.wire import refusal_line

WRITTEN_EVERY_SECONDS = 10.0


class Strangers:
    """The counts of one community in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._written_at = float("-inf")

    def note(self, reason: str) -> "dict[str, int]":
        """Count one request; return what is due to be written, at most once in a while."""
        with self._lock:
            self._counts[reason] += 1
            if time.monotonic() - self._written_at < WRITTEN_EVERY_SECONDS:
                return {}
            self._written_at = time.monotonic()
            due, self._counts = dict(self._counts), Counter()
        return due


def note_stranger(reason: str) -> None:
    """Count a request that was turned away. What the last seconds before a stop counted is lost."""
    due = hosting.current().caches.setdefault("usage_strangers", Strangers()).note(reason)
    if not due:
        return
    now = datetime.now(UTC)
    lines = [refusal_line(key=None, reason=why, count=count, example="", received_at=now) for why, count in due.items()]
    try:
        journal().append(b"".join(lines))
    except (Overloaded, NotWritten):
        return
