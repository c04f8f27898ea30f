"""Count in business minutes. Moments are aware; what is counted are seconds inside periods, said in whole minutes.

Periods are times on the wall: where clocks are put forward or back, a period is as long as it really lasts.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from kizuna.base.hours.week import DAY, Hours

LONGEST = 366  # days looked ahead for an opening


def is_open(hours: Hours, moment: datetime) -> bool:
    """Tell whether somebody is there at a moment."""
    return any(start <= moment < end for start, end in _spans(hours, _local(hours, moment)))


def next_opening(hours: Hours, moment: datetime) -> datetime | None:
    """Return the moment itself while open, else when it opens next; None when it does not within a year."""
    return next((max(start, moment) for start, _end in _from(hours, moment)), None)


def add_minutes(hours: Hours, moment: datetime, minutes: int) -> datetime | None:
    """Return when so many business minutes have passed: at the end of a period rather than at the next beginning.

    None when that lies beyond all openings. No minutes: the next moment that is open.
    """
    if minutes < 0:
        raise ValueError("Minutes are counted forwards.")
    left = timedelta(minutes=minutes)
    for start, end in _from(hours, moment, days=LONGEST + minutes // 60):
        begin = max(start, moment)
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None


def minutes_between(hours: Hours, start: datetime, end: datetime) -> int:
    """Return the whole business minutes from one moment to a later one; 0 when it is not later."""
    if end <= start:
        return 0
    total = timedelta()
    days = (_local(hours, end) - _local(hours, start)).days
    for opens, closes in _from(hours, start, days=days):
        total += max(min(closes, end) - max(opens, start), timedelta())
    return int(total.total_seconds() // 60)


def _from(hours: Hours, moment: datetime, *, days: int = LONGEST) -> Iterator[tuple[datetime, datetime]]:
    """Yield the periods that are not over at a moment, in order."""
    first = _local(hours, moment)
    for ahead in range(days + 1):
        for start, end in _spans(hours, first + timedelta(days=ahead)):
            if end > moment:
                yield start, end


def _spans(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    for period in hours.periods(day):
        start, end = _at(hours, day, period.start), _at(hours, day, period.end)
        if start < end:
            yield start, end


def _at(hours: Hours, day: date, minute: int) -> datetime:
    if minute == DAY:
        day, minute = day + timedelta(days=1), 0
    # In UTC: Python compares and subtracts moments of one zone by the wall, which is wrong by an hour twice a year.
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=hours.zone).astimezone(UTC)


def _local(hours: Hours, moment: datetime) -> date:
    return moment.astimezone(hours.zone).date()
