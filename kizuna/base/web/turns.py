"""Few pages at a time: threads that draw pages side by side only take the interpreter from each other."""

from collections.abc import Callable, Iterable
from threading import Semaphore

from django.db import connection

# Most pages take 2 to 10 ms. Whoever has waited this long goes on beside the slow one: a big upload, an export that is
# being worked out, or a database that is waited for hold up each other page by this much and no more.
PATIENCE_SECONDS = 0.02
# SQLite works inside this process. PostgreSQL works beside it, so that a second page may be drawn meanwhile.
AT_ONCE = {"sqlite": 1, "postgresql": 2}


class InTurn:
    """A WSGI application whose calls wait for each other for a moment.

    Under CPython's one lock two threads that compute give way to each other at every statement of SQL and every 5 ms, which
    costs half as much again as the work itself. A body that is streamed is made outside, when its turn is over.
    """

    def __init__(self, application: Callable, *, patience: float = PATIENCE_SECONDS) -> None:
        self.application = application
        self.patience = patience
        self._turns = {vendor: Semaphore(number) for vendor, number in AT_ONCE.items()}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        turns = self._turns[connection.vendor]
        has_turn = turns.acquire(timeout=self.patience)
        try:
            return self.application(environ, start_response)
        finally:
            if has_turn:
                turns.release()
