"""When a delivery is tried again. Plain arithmetic."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE, HOUR = 60, 3600
DELAYS = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)  # seconds
SPREAD = 0.1
SHORTEST_WISH, LONGEST_WISH = timedelta(seconds=1), timedelta(hours=24)
# An endpoint that fails again and again is left alone for a while, whatever waits for it.
FAILURES_BEFORE_REST = 3
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=5)


def next_attempt(attempts: int, *, now: datetime, wish: timedelta | None = None) -> datetime | None:
    """Return when to try again after so many failed attempts, None when that was the last. A receiver's wish may only put it off."""
    if attempts > len(DELAYS):
        return None
    seconds = DELAYS[attempts - 1] * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 (spreads load, no secret)
    return now + max(timedelta(seconds=seconds), wish or timedelta())


def wish_of(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long a receiver asks to be left alone (Retry-After in seconds or as a date), within bounds."""
    said = headers.get("retry-after", "").strip()[:40]
    if not said:
        return None
    if said.isascii() and said.isdigit():
        asked = timedelta(seconds=min(int(said), 10**6))
    else:
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return None
        asked = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(asked, SHORTEST_WISH), LONGEST_WISH)


def rest_after(failures_in_row: int) -> timedelta:
    """Return how long an endpoint is left alone after so many failures in a row."""
    if failures_in_row < FAILURES_BEFORE_REST:
        return timedelta()
    return min(FIRST_REST * 2 ** min(failures_in_row - FAILURES_BEFORE_REST, 10), LONGEST_REST)
