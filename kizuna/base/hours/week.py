"""What a week looks like, which days are otherwise, and what a given day therefore is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import jpholiday

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
MOST_PERIODS = 6
MOST_DAYS = 400
MOST_NAME = 60


@dataclass(frozen=True, order=True)
class Period:
    """From one minute of the day up to another; 24:00 is 1440."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


Periods = tuple[Period, ...]


@dataclass(frozen=True)
class Hours:
    """A week of periods, whether holidays are closed, and days that are otherwise: {day: name}, {day: (periods, name)}."""

    week: tuple[Periods, ...] = ((),) * 7
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Tokyo"))
    closes_on_holidays: bool = True
    closing: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    opening: Mapping[date, tuple[Periods, str]] = field(default_factory=lambda: MappingProxyType({}))

    def periods(self, day: date) -> Periods:
        """Return when it is open on a day of the zone."""
        return day_of(self, day).periods


@dataclass(frozen=True)
class Day:
    """How a day counts, and why: "week", "holiday", "closing" or "opening", with the name of the day."""

    day: date
    periods: Periods
    why: str
    name: str = ""


def day_of(hours: Hours, day: date) -> Day:
    """Return how a day counts: an opening day beats a closing day, that a holiday, that the week."""
    if day in hours.opening:
        periods, name = hours.opening[day]
        return Day(day, periods, "opening", name or holiday_name(day))
    if day in hours.closing:
        return Day(day, (), "closing", hours.closing[day])
    if hours.closes_on_holidays and (name := holiday_name(day)):
        return Day(day, (), "holiday", name)
    return Day(day, hours.week[day.weekday()], "week")


@lru_cache(maxsize=4096)
def holiday_name(day: date) -> str:
    """Return the name of a Japanese holiday, substitute and citizens' holidays included, or ""."""
    return jpholiday.is_holiday_name(day) or ""


def hours_of(value: Mapping[str, Any], *, zone: str) -> Hours:
    """Read hours as they are stored. Raises ValueError for what makes no sense."""
    week = value.get("week", {})
    if not isinstance(week, Mapping) or set(week) - set(DAYS):
        raise ValueError("Expected periods by mon … sun.")
    closing, opening = value.get("closing", []), value.get("opening", [])
    if len(closing) > MOST_DAYS or len(opening) > MOST_DAYS:
        raise ValueError(f"At most {MOST_DAYS} days.")
    return Hours(
        week=tuple(_periods(week.get(day, [])) for day in DAYS),
        zone=ZoneInfo(zone),
        closes_on_holidays=bool(value.get("closes_on_holidays", True)),
        closing=MappingProxyType({_day(item["day"]): _name(item) for item in closing}),
        opening=MappingProxyType({_day(item["day"]): (_periods(item["periods"]), _name(item)) for item in opening}),
    )


def stored(hours: Hours) -> dict[str, Any]:
    """Return hours as they are stored."""
    return {
        "week": {day: _texts(periods) for day, periods in zip(DAYS, hours.week, strict=True) if periods},
        "closes_on_holidays": hours.closes_on_holidays,
        "closing": [{"day": day.isoformat(), "name": name} for day, name in sorted(hours.closing.items())],
        "opening": [
            {"day": day.isoformat(), "periods": _texts(periods), "name": name}
            for day, (periods, name) in sorted(hours.opening.items())
        ],
    }


def clock(minute: int) -> str:
    """Return a minute of the day as 9:00."""
    return f"{minute // 60}:{minute % 60:02}"


def _texts(periods: Periods) -> list[list[str]]:
    return [[clock(period.start), clock(period.end)] for period in periods]


def _periods(value: Any) -> Periods:
    if not isinstance(value, list | tuple) or len(value) > MOST_PERIODS:
        raise ValueError(f"Expected at most {MOST_PERIODS} periods.")
    periods = sorted(Period(_minute(start), _minute(end)) for start, end in value)
    for period in periods:
        if period.start >= period.end:
            raise ValueError("A period ends after it begins.")
    for earlier, later in pairwise(periods):
        if later.start < earlier.end:
            raise ValueError("Periods of a day do not overlap.")
    return _joined(periods)


def _joined(periods: list[Period]) -> Periods:
    """Return 9–12 and 12–15 as 9–15."""
    joined: list[Period] = []
    for period in periods:
        if joined and joined[-1].end == period.start:
            joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return tuple(joined)


def _minute(value: Any) -> int:
    text = str(value)
    if text in ("24:00", "24:00:00"):
        return DAY
    hour, colon, minute = text.partition(":")
    if not colon or not (hour.isascii() and hour.isdigit()) or not (minute[:2].isascii() and minute[:2].isdigit()):
        raise ValueError("Expected a time such as 9:00.")
    moment = time(int(hour), int(minute[:2]))
    return moment.hour * 60 + moment.minute


def _day(value: Any) -> date:
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    if not 2000 <= day.year <= 2199:
        raise ValueError("Expected a day of this time.")
    return day


def _name(item: Mapping[str, Any]) -> str:
    return " ".join(str(item.get("name", "")).split())[:MOST_NAME]
