"""Page views of articles, counted in memory and written by the batch (a crash loses some seconds of views, nothing else)."""

import threading
import time

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
    actions.note_views(counts=counted)
