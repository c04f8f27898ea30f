"""When the use of an account has changed. Pure: days in, changes out; the rules stand here and nowhere else.

*First*: the first day of use, where usage had been received for QUIET_DAYS before: what came earlier is not known.
*Quiet*: QUIET_DAYS whole days without any use. *Again*: use after at least as many. *Drop* and *rise*: in a week from Monday the
person-days (people × days on which they did anything) are at most half, or at least twice, those of the week before, where the
larger of the two has LEAST_PERSON_DAYS or more. Nothing is said of why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kizuna.success.usage.models import UsageChange

QUIET_DAYS = 14
LEAST_PERSON_DAYS = 10
FACTOR = 2
DAY, WEEK = timedelta(days=1), timedelta(days=7)
Kind = UsageChange.Kind


@dataclass(frozen=True)
class Change:
    """What changed. `day`: the day it is about; `known_on`: the first day on which it can be known."""

    kind: str
    day: date
    known_on: date
    before: int = 0
    after: int = 0


def changes(
    active: Mapping[date, int],
    *,
    first_on: date,
    last_before: date | None,
    since: date,
    today: date,
    watched_from: date | None = None,
) -> list[Change]:
    """Return the changes that can be known before `today`.

    `active`: people by day, of the days from `since` to yesterday, days without any left out; `last_before`: the last day of
    use before `since`, if there was one; `watched_from`: the first day of which any usage is known.
    """
    used = sorted(day for day in active if day < today)
    is_seen = watched_from is None or first_on >= watched_from + QUIET_DAYS * DAY
    found = [Change(Kind.FIRST, first_on, first_on)] if first_on in active and is_seen else []
    known = [last_before, *used] if last_before else used
    found += _gaps(known, today=today)
    found += _weeks(active, first_on=first_on, since=since, today=today)
    return [change for change in found if change.known_on <= today]


def _gaps(used: list[date], *, today: date) -> Iterator[Change]:
    for last, following in pairwise([*used, today]):
        idle = (following - last).days - 1
        if idle < QUIET_DAYS:
            continue
        yield Change(Kind.QUIET, last, last + (QUIET_DAYS + 1) * DAY, after=QUIET_DAYS)
        if following != today:
            yield Change(Kind.AGAIN, following, following, before=idle)


def _weeks(active: Mapping[date, int], *, first_on: date, since: date, today: date) -> Iterator[Change]:
    # A week is compared only with one that was seen whole, and in which the account was a user from its first day on.
    start = max(since, first_on)
    start += DAY * (-start.weekday() % 7)
    while start + 2 * WEEK <= today:
        before, after = _person_days(active, start), _person_days(active, start + WEEK)
        if max(before, after) >= LEAST_PERSON_DAYS and before:
            if after * FACTOR <= before:
                yield Change(Kind.DROP, start + WEEK, start + 2 * WEEK, before, after)
            elif after >= before * FACTOR:
                yield Change(Kind.RISE, start + WEEK, start + 2 * WEEK, before, after)
        start += WEEK


def _person_days(active: Mapping[date, int], monday: date) -> int:
    return sum(active.get(monday + number * DAY, 0) for number in range(7))
