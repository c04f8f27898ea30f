"""Threads of the worker that send, so that nothing else waits for a receiver. Elsewhere the work is done here and now."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from contextvars import Context

from django.db import connection

from kizuna.base import hosting

logger = logging.getLogger("kizuna.webhooks")

SIZE = 8
PATIENCE_SECONDS = 18.0

_threads: set[threading.Thread] = set()
_changing = threading.Lock()
_stopping = threading.Event()


def is_stopping() -> bool:
    """Say whether this process is about to end: what is under way is finished, nothing new begun."""
    return _stopping.is_set()


def free_hands() -> int:
    """Return how much work can be given away now."""
    if os.environ.get("KIZUNA_PROCESS") != "worker":
        return SIZE
    with _changing:
        return 0 if _stopping.is_set() else SIZE - len(_threads)


def give(work: Callable[[], None]) -> None:
    """Let `work` be done in the community entered: by a thread of the worker, or at once."""
    if os.environ.get("KIZUNA_PROCESS") != "worker":
        work()
        return
    community = hosting.current()
    thread = threading.Thread(
        target=lambda: Context().run(_inside, community, work), name=f"webhooks {community.slug}", daemon=True
    )
    with _changing:
        _threads.add(thread)
    thread.start()


def _inside(community: hosting.Community, work: Callable[[], None]) -> None:
    try:
        with hosting.entered(community):
            try:
                work()
            finally:
                connection.close()
    except Exception:
        logger.exception("%s: sending stopped; the lease runs out and another goes on", community.slug)
    finally:
        with _changing:
            _threads.discard(threading.current_thread())


@atexit.register
def _finish() -> None:
    """Let what is under way end, so that an orderly stop repeats nothing."""
    _stopping.set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for thread in list(_threads):
        thread.join(max(0.0, deadline - time.monotonic()))
