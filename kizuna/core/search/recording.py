"""What was searched: gathered in memory, written in one go every ten seconds. A killed process loses at most those."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from django.db import OperationalError

from kizuna.base import hosting
from kizuna.base.text.japanese import fold
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import actions
from kizuna.core.search.models import Search
from kizuna.core.search.queries import Results

FLUSH_SECONDS = 10
MOST_WAITING = 5_000


@dataclass
class _Waiting:
    searches: list[Search] = field(default_factory=list)
    since: float = field(default_factory=monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


def remember(*, viewer: Viewer, results: Results, source: str, now: datetime) -> None:
    """Note a search and whether anything fitted; the first one after ten seconds writes what has gathered."""
    text = " ".join(results.query.source.split())[: actions.LONGEST_SEARCH]
    if results.query.is_empty:
        return
    search = Search(
        text=text,
        folded=fold(text)[: actions.LONGEST_SEARCH],
        member_id=viewer.member_id,
        at=now,
        result_count=len(results.items),
        has_answer=results.has_answer,
        source=source,
    )
    waiting = _waiting()
    with waiting.lock:
        if len(waiting.searches) < MOST_WAITING:
            waiting.searches.append(search)
        is_due = monotonic() - waiting.since >= FLUSH_SECONDS
    if is_due:
        flush()


def flush() -> int:
    """Write the gathered searches; return how many. A busy database keeps them for the next time."""
    waiting = _waiting()
    with waiting.lock:
        searches, waiting.searches, waiting.since = waiting.searches, [], monotonic()
    try:
        actions.record_searches(searches)
    except OperationalError:
        with waiting.lock:
            waiting.searches[:0] = searches
        return 0
    return len(searches)


def _waiting() -> _Waiting:
    return hosting.current().caches.setdefault("search.waiting", _Waiting())
