"""The last events received, for whoever connects a program and wants to see that it arrives.

Read from what still waits in the inbox and from a small file that each fold replaces; losing that file harms nothing.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from kizuna.base.journal import last_lines
from kizuna.base.journal.segments import FINISHED, OPEN
from kizuna.success.usage.intake import inbox, usage_folder
from kizuna.success.usage.wire import UsageEvent, read_event

RECENT_EVENTS = 30
SEGMENTS_READ = 4


def remember_recent(lines: Iterable[bytes]) -> None:
    """Keep the newest lines that were folded, each with the ones before as far as there is room."""
    target = _file()
    kept = [*last_lines(target, limit=RECENT_EVENTS, max_bytes=1_200_000), *(line.rstrip(b"\n") for line in lines)]
    target.with_suffix(".new").write_bytes(b"".join(line + b"\n" for line in kept[-RECENT_EVENTS:]))
    target.with_suffix(".new").rename(target)


def forget_recent() -> None:
    """Let go of the kept lines: one of them may be an erased person's."""
    _file().unlink(missing_ok=True)


def recent_events(*, limit: int = RECENT_EVENTS) -> list[UsageEvent]:
    """Return the last events received, newest first."""
    waiting = [path for suffix in (FINISHED, OPEN) for path in inbox().glob(f"*{suffix}")]
    newest = sorted(waiting, key=lambda path: path.name)[-SEGMENTS_READ:]
    lines = last_lines(_file(), limit=limit, max_bytes=1_200_000)
    for path in newest:
        lines += last_lines(path, limit=limit)
    events = {row["m"]: read_event(row) for line in lines if "x" not in (row := json.loads(line))}
    return sorted(events.values(), key=lambda event: event.received_at, reverse=True)[:limit]


def _file() -> Path:
    return usage_folder() / "recent.jsonl"
