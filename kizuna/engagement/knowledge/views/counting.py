"""Page views of articles, counted in memory and written by the batch (a crash loses some seconds of views, nothing else)."""

import threading
import time

from django.db import OperationalError

from kizuna.base import hosting
from kizuna.engagement.knowledge import actions

FLUSH_SECONDS = 10
_lock = threading.Lock()


def note(article_id: int) -> None:
    """Count a view; every ten seconds the one who comes writes what was counted."""
    caches = hosting.current().caches
    with _lock:
        counted = caches.setdefault("article_views", {})
        counted[article_id] = counted.get(article_id, 0) + 1
        due = time.monotonic() - caches.setdefault("article_views_at", time.monotonic()) >= FLUSH_SECONDS
        if not due:
            return
        caches["article_views"], caches["article_views_at"] = {}, time.monotonic()
    try:
        actions.note_views(counts=counted)
    except OperationalError:  # a busy or full database keeps nobody from reading; the views wait for the next time
        with _lock:
            waiting = caches["article_views"]
            for known_id, number in counted.items():
                waiting[known_id] = waiting.get(known_id, 0) + number
