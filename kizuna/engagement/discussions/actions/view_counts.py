"""Page views: counted in memory, written in one go every ten seconds. A killed process loses at most those."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from django.db import OperationalError, transaction
from django.db.models import Case, F, IntegerField, Value, When

from kizuna.base import hosting
from kizuna.engagement.discussions.models import Topic

FLUSH_SECONDS = 10
BATCH = 500


@dataclass
class _Waiting:
    views: Counter[int] = field(default_factory=Counter)
    since: float = field(default_factory=monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


def count_view(*, topic_id: int, times: int = 1) -> None:
    """Count a view of a topic; the first view after ten seconds writes what has gathered."""
    waiting = _waiting()
    with waiting.lock:
        waiting.views[topic_id] += times
        is_due = monotonic() - waiting.since >= FLUSH_SECONDS
    if is_due:
        flush_views()


def flush_views() -> int:
    """Write the gathered views and return how many there were. A busy database keeps them for the next time."""
    waiting = _waiting()
    with waiting.lock:
        views, waiting.views, waiting.since = waiting.views, Counter(), monotonic()
    try:
        with transaction.atomic():
            _write(views)
    except OperationalError:
        with waiting.lock:
            waiting.views.update(views)
        return 0
    return views.total()


def _waiting() -> _Waiting:
    caches = hosting.current().caches
    return caches.get("topic_views") or caches.setdefault("topic_views", _Waiting())


def _write(views: Counter[int]) -> None:
    ids = sorted(views)  # one order everywhere, so that two processes never wait for each other
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        added = Case(
            *(When(pk=topic_id, then=Value(views[topic_id])) for topic_id in part), output_field=IntegerField()
        )
        Topic.objects.filter(pk__in=part).update(view_count=F("view_count") + added)
