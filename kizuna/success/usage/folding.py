"""From journal segments to the lake and the rollups, each event once (docs/adr/0005-ingest.md has the order and why).

Whoever dies in here is continued by the next fold: before the fold's row stands, nothing counts and the segments are
still there; afterwards every remaining move and step follows from the row and its files.
"""

import fcntl
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kizuna.base.journal import finished, whole_lines
from kizuna.success.usage import actions, queries, seen
from kizuna.success.usage.actions import Books
from kizuna.success.usage.intake import inbox, usage_folder
from kizuna.success.usage.models import UsageFold
from kizuna.success.usage.recent import RECENT_EVENTS, remember_recent
from kizuna.success.usage.staging import Staging, event_lines, forget_strangers
from kizuna.success.usage.tally import Tally, tally_of
from kizuna.success.usage.wire import UsageEvent, read_event, sent_part, under_nobody

logger = logging.getLogger("kizuna.usage")

# A fold holds what it adds up in memory: some 60 MB at the most.
FOLD_BYTES = 24_000_000
LINES_AT_ONCE = 4_000

Clock = Callable[[], datetime]


class Busy(Exception):
    """Somebody else is folding."""


def fold_waiting(*, clock: Clock, seconds: float) -> int:
    """Fold what waits for at most some `seconds`; return how many events were counted. Raises Busy."""
    end = time.monotonic() + seconds
    count = 0
    with the_only_one():
        zone = _settled(clock)
        seen.tidy(usage_folder() / "seen", today=clock().date())
        while time.monotonic() < end and (segments := _next_segments()):
            count += _fold(segments, zone, clock)
    return count


def is_waiting() -> bool:
    """Tell whether finished segments wait."""
    return bool(finished(inbox()))


def settle(*, clock: Clock) -> None:
    """Count to their end the folds that were cut off. Called by whoever holds the lock and changes files of the lake."""
    _settled(clock)


def rebuild(*, report: Callable[[str], None], clock: Clock) -> int:
    """Clear the rollups and count every kept event again; return how many. Raises Busy."""
    with the_only_one():
        forget_strangers(usage_folder(), known_marks=queries.marks())
        actions.begin_again(time_zone=queries.day_zone().key)
        return _continue(clock, report)


def _settled(clock: Clock) -> ZoneInfo:
    """Finish what was interrupted, count again when the community's days have changed, and return whose days count."""
    forget_strangers(usage_folder(), known_marks=queries.marks())
    state = actions.state(time_zone=queries.day_zone().key)
    if state.time_zone != queries.day_zone().key:
        actions.begin_again(time_zone=queries.day_zone().key)
    _continue(clock, logger.info)
    return queries.day_zone()


def _continue(clock: Clock, report: Callable[[str], None]) -> int:
    state = actions.state(time_zone=queries.day_zone().key)
    while state.is_clearing and actions.clear_some():
        pass
    count = 0
    for fold in queries.uncounted_folds():
        _publish(fold)
        events = (UsageEvent.from_line(line) for line in event_lines(usage_folder(), mark=fold.mark, days=fold.days))
        _count(fold, tally_of(events, zone=ZoneInfo(state.time_zone)), clock)
        count += fold.event_count
        report(f"{count} usage events counted")
    return count


def _fold(segments: list[Path], zone: ZoneInfo, clock: Clock) -> int:
    """Take one number of segments all the way; return how many events were new."""
    mark = secrets.token_hex(12)
    staging = Staging(usage_folder(), mark)
    tally, books = Tally(zone), Books()
    known = seen.SeenIds(usage_folder() / "seen")
    forgotten = queries.forgotten()
    recent: deque[bytes] = deque(maxlen=RECENT_EVENTS)
    count = 0
    lines = (line for path in segments for line in whole_lines(path))
    while part := list(islice(lines, LINES_AT_ONCE)):
        count += _take(part, known, staging, tally, books, recent, forgotten)
    if known.taken():
        seen.write_run(staging.seen_file(clock().date()), known.taken())
    staging.make_durable()
    fold = actions.begin_fold(
        mark=mark,
        segments=[path.name for path in segments],
        days=sorted(day.isoformat() for day in staging.days),
        event_count=count,
        books=books,
        now=clock(),
    )
    _publish(fold)
    _count(fold, tally, clock)
    remember_recent(recent)
    return count


def _take(
    lines: list[bytes],
    known: seen.SeenIds,
    staging: Staging,
    tally: Tally,
    books: Books,
    recent: deque[bytes],
    forgotten: dict[str, datetime],
) -> int:
    """Read lines of the journal, keep the events that are new, and return how many those are."""
    events = list(_events(lines, tally.zone, books))
    by_day: dict[date, list[bytes]] = {}
    count = 0
    are_new = known.fresh([seen.hashed(event.id) for event, _line in events])
    for (event, line), is_new in zip(events, are_new, strict=True):
        place = (event.received_at.astimezone(tally.zone).date(), event.key)
        books.last_at[place] = max(event.received_at, books.last_at.get(place, event.received_at))
        if not is_new:
            books.repeated[place] += 1
            continue
        books.taken[place] += 1
        count += 1
        if _is_forgotten(event, forgotten):
            event = under_nobody(event)
            kept = event.as_line(json.dumps(event.sent).encode())
        else:
            recent.append(line)
            kept = event.as_line(sent_part(line))
        tally.add(event)
        by_day.setdefault(event.at.astimezone(UTC).date(), []).append(kept)
    for day, events_of_day in by_day.items():
        staging.add_events(day, events_of_day)
    return count


def _is_forgotten(event: UsageEvent, forgotten: dict[str, datetime]) -> bool:
    if not forgotten or not event.person:
        return False
    erased_at = forgotten.get(queries.person_hash(event.person))
    return erased_at is not None and event.received_at <= erased_at


def _events(lines: list[bytes], zone: ZoneInfo, books: Books) -> Iterator[tuple[UsageEvent, bytes]]:
    for line in lines:
        try:
            row: dict[str, Any] = json.loads(line)
            if "x" not in row:
                yield read_event(row), line
                continue
            at = datetime.fromisoformat(row["r"])
        except (ValueError, KeyError, TypeError):
            # We wrote the line ourselves, so the disk has changed it. One bad line must not hold up all others.
            logger.exception("a line of the usage journal cannot be read")
            continue
        books.refuse((at.astimezone(zone).date(), row["k"], row["x"]), count=row["n"], example=row["eg"], at=at)


def _publish(fold: UsageFold) -> None:
    """Move the fold's files to where they are read; its segments are then needed no more."""
    Staging(usage_folder(), fold.mark).publish()
    for name in fold.segments:
        (inbox() / name).unlink(missing_ok=True)


def _count(fold: UsageFold, tally: Tally, clock: Clock) -> None:
    steps = tally.steps()
    for number in range(fold.step, len(steps)):
        actions.count_step(fold=fold, number=number, step=steps[number])
    actions.end_fold(fold=fold, now=clock())


def _next_segments() -> list[Path]:
    """Return the oldest finished segments, as many as one fold may hold."""
    chosen: list[Path] = []
    size = 0
    for path in finished(inbox()):
        size += path.stat().st_size
        if chosen and size > FOLD_BYTES:
            break
        chosen.append(path)
    return chosen


@contextmanager
def the_only_one() -> Iterator[None]:
    """Hold the lock that makes one process the only one to fold; the kernel frees it when that process dies."""
    inbox().mkdir(parents=True, exist_ok=True)
    with (usage_folder() / "fold.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
