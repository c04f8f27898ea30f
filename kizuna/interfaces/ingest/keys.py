"""Which write keys there are, remembered for a few seconds per process, so that a request reads no database."""

import time
from dataclasses import dataclass

from django.db import connection

from kizuna.base import hosting
from kizuna.core.members.hashing import hashed
from kizuna.core.members.tokens import key_and_viewer
from kizuna.success.usage.policies import can_send_usage

# A key that was revoked is refused everywhere after this time.
REMEMBERED_SECONDS = 5.0
MAX_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class WriteKey:
    """A known token and whether it may bring usage."""

    id: int
    may_send: bool


def write_key(secret: str) -> WriteKey | None:
    """Return the write key with this secret, None when there is none."""
    remembered: dict[str, tuple[float, WriteKey | None]] = hosting.current().caches.setdefault("write_keys", {})
    name = hashed(secret)
    now = time.monotonic()
    found = remembered.get(name)
    if found is not None and found[0] > now:
        return found[1]
    if len(remembered) >= MAX_REMEMBERED:
        remembered.clear()
    key = _looked_up(secret)
    remembered[name] = (now + REMEMBERED_SECONDS, key)
    return key


def _looked_up(secret: str) -> WriteKey | None:
    try:
        found = key_and_viewer(secret)
    finally:
        if not connection.in_atomic_block:
            connection.close()  # no request of Django's ends here that would do it
    return WriteKey(found[0], can_send_usage(found[1])) if found else None
