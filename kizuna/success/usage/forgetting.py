"""Take an erased person out of the lake: files are written anew with their events under nobody.

Totals and counts of groups stay what they were, and counting everything again gives the same. Each file is replaced
whole, so a kill between two files or inside one costs only that the next attempt looks at all of them again.
"""

import gzip
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from kizuna.base.journal.segments import sync_folder
from kizuna.base.registry import Erased, Person
from kizuna.success.usage import actions, folding, queries
from kizuna.success.usage.intake import usage_folder
from kizuna.success.usage.recent import forget_recent
from kizuna.success.usage.staging import EVENTS, GZIP_LEVEL
from kizuna.success.usage.wire import UsageEvent, under_nobody, word

PATIENCE_SECONDS = 20.0


def forget_person(*, person: Person, now: datetime) -> Erased:
    """Put a person's events in the lake and their counts under nobody. Raises folding.Busy when somebody folds for long."""
    ids = queries.ids_of(person)
    if not ids:
        return Erased()
    with _alone():
        actions.note_forgotten(person_hashes=map(queries.person_hash, ids), now=now)
        folding.settle(clock=lambda: now)
        lines = sum(_rewritten(path, ids) for path in sorted(usage_folder().glob(f"day=*/*{EVENTS}")))
        forget_recent()
        rows = actions.forget_subjects(external_ids=ids)
    return Erased(removed=lines + rows)


def events_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield what the person did in the customer's product, from the lake, day by day."""
    ids = queries.ids_of(person)
    if not ids:
        return
    marks = _marks(ids)
    for path in sorted(usage_folder().glob(f"day=*/*{EVENTS}")):
        with gzip.open(path) as file:
            for line in file:
                if any(mark in line for mark in marks) and _is_of(event := UsageEvent.from_line(line), ids):
                    yield {
                        "at": event.at,
                        "kind": event.kind,
                        "name": event.name,
                        "person": event.person,
                        "group": event.group,
                        "sent": event.sent,
                    }


def _rewritten(path: Path, ids: frozenset[str]) -> int:
    """Write a file anew when it holds events of the person; return how many those are."""
    marks = _marks(ids)
    with gzip.open(path) as file:
        if not any(mark in line for line in file for mark in marks):
            return 0
    count = 0
    new = path.with_name(path.name + ".new")
    with gzip.open(path) as file, gzip.open(new, "wb", compresslevel=GZIP_LEVEL) as out:
        for line in file:
            if any(mark in line for mark in marks) and _is_of(event := UsageEvent.from_line(line), ids):
                event = under_nobody(event)
                line = event.as_line(json.dumps(event.sent, ensure_ascii=False).encode())
                count += 1
            out.write(line)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
    return count


def _is_of(event: UsageEvent, ids: frozenset[str]) -> bool:
    named = {event.person, event.anonymous, word(event.sent.get("previousId"))}
    return bool(named & ids)


def _marks(ids: frozenset[str]) -> list[bytes]:
    """Return what a line of the person must hold: most lines are passed by without being read as JSON."""
    spelled = {json.dumps(word, ensure_ascii=ascii)[1:-1].encode() for word in ids for ascii in (False, True)}
    return sorted(spelled)


@contextmanager
def _alone() -> Iterator[None]:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with folding.the_only_one():
                yield
                return
        except folding.Busy:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
