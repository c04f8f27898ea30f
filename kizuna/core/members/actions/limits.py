"""Limits on attempts, counted in the database per canonical login and per client network. They fail closed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import AttemptCount
from kizuna.core.members.policies import Refused

KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    """At most `amount` attempts of `action` per key within `window`."""

    action: str
    amount: int
    window: timedelta


class TooManyAttempts(Refused):
    """The limit is reached. The reason says the same to everybody."""

    def __init__(self) -> None:
        super().__init__(_("Too many attempts. Please wait a while and try again."), code="too_many")


def attempt(limit: Limit, *, key: str, now: datetime) -> None:
    """Count one attempt; raise TooManyAttempts when the limit was reached before it.

    Windows are halves: what counts is this half and the one before, so that no boundary lets twice as many through.
    """
    half = limit.window / 2
    start = _window_start(half, now=now)
    rows = AttemptCount.objects.filter(action=limit.action, key_hash=hashed(key))
    if not rows.filter(window_start=start).update(count=F("count") + 1):
        AttemptCount.objects.bulk_create(
            [AttemptCount(action=limit.action, key_hash=hashed(key), window_start=start)], ignore_conflicts=True
        )
        rows.filter(window_start=start).update(count=F("count") + 1)
    tried = rows.filter(window_start__gte=start - half).aggregate(tried=Sum("count"))["tried"]
    if tried > limit.amount:
        raise TooManyAttempts


def forgive(limit: Limit, *, key: str) -> None:
    """Forget the attempts of one key: it turned out to be the right person."""
    AttemptCount.objects.filter(action=limit.action, key_hash=hashed(key)).delete()


def forget_old_attempts(*, now: datetime) -> int:
    """Remove counts that no limit looks at any more and return how many."""
    removed, _details = AttemptCount.objects.filter(window_start__lt=now - KEPT).delete()
    return removed


def _window_start(window: timedelta, *, now: datetime) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)
