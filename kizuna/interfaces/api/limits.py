"""How many requests a token may make: kept in memory per process, by a virtual clock per token and kind.

An owner is not limited: their integrations import whole communities, and their token can do everything anyway.
"""

import threading
from dataclasses import dataclass, field
from time import monotonic

from kizuna.base import hosting
from kizuna.core.members.models import Role
from kizuna.core.members.viewer import Viewer

MAX_CLOCKS = 20_000


@dataclass(frozen=True)
class Rate:
    """`per_second` on the long run, `burst` at once."""

    per_second: float
    burst: int


STAFF = {"read": Rate(50, 200), "write": Rate(20, 60)}
MEMBERS = {"read": Rate(10, 100), "write": Rate(1, 20)}


@dataclass
class _Clocks:
    due: dict[tuple[int, str], float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def seconds_to_wait(viewer: Viewer, kind: str, *, now: float | None = None) -> float:
    """Count a request of the viewer and return 0, or how long they have to wait before it would be taken."""
    if Role.OWNER in viewer.roles or viewer.member_id is None:
        return 0
    rate = (STAFF if viewer.is_staff else MEMBERS)[kind]
    now = monotonic() if now is None else now
    clocks = hosting.current().caches.setdefault("api_clocks", _Clocks())
    with clocks.lock:
        if len(clocks.due) >= MAX_CLOCKS:
            clocks.due = {who: due for who, due in clocks.due.items() if due > now}
        due = max(clocks.due.get((viewer.member_id, kind), now), now)
        wait = due - now - rate.burst / rate.per_second
        if wait < 0:
            clocks.due[viewer.member_id, kind] = due + 1 / rate.per_second
            return 0
    return wait + 1 / rate.per_second
