"""How often the widget may ask: in memory for what reads, counted in the database for what writes."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from kizuna.base import hosting
from kizuna.core.members.actions.limits import Limit

PER_SECOND, BURST = 5.0, 60
MOST_CLOCKS = 20_000
SENT_BY_NETWORK = Limit("widget.network", 30, timedelta(hours=1))
SENT_BY_MEMBER = Limit("widget.member", 20, timedelta(hours=1))
# A whole office comes by one address; each of its people exchanges four an hour.
EXCHANGED = Limit("widget.exchange", 600, timedelta(hours=1))
VOTED = Limit("widget.vote", 120, timedelta(hours=1))


@dataclass
class _Clocks:
    due: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def seconds_to_wait(who: str, *, now: float | None = None) -> float:
    """Count a call and return 0, or how long whoever it is has to wait before it would be taken."""
    now = monotonic() if now is None else now
    clocks: _Clocks = hosting.current().caches.setdefault("widget.clocks", _Clocks())
    with clocks.lock:
        if len(clocks.due) >= MOST_CLOCKS:
            clocks.due = {key: due for key, due in clocks.due.items() if due > now}
        due = max(clocks.due.get(who, now), now)
        wait = due - now - BURST / PER_SECOND
        if wait < 0:
            clocks.due[who] = due + 1 / PER_SECOND
            return 0
    return wait + 1 / PER_SECOND
