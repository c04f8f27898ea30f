"""Numbers with what belongs to them: how many they rest on, their interval, or the reason why there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kizuna.stats.intervals import wilson


@dataclass(frozen=True)
class Share:
    """A share with its Wilson interval, 0 to 1. Without anybody to count from the value is None, never 0."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Times:
    """Business minutes: the median and the 90th percentile of n. None where n is 0."""

    n: int
    median: float | None
    p90: float | None


def share(count: int, n: int) -> Share:
    """Return a share with its 95 % Wilson score interval."""
    if n <= 0:
        return Share(count, 0, None, None, None)
    found = wilson(count, n)
    return Share(count, n, found.value, found.low, found.high)


def times(counts: Mapping[int, int]) -> Times:
    """Return median and p90 of {minutes: how many took so long}; between two values lies the straight line."""
    n = sum(counts.values())
    if not n:
        return Times(0, None, None)
    ordered = sorted(counts.items())
    return Times(n, _quantile(ordered, n, 0.5), _quantile(ordered, n, 0.9))


def _quantile(ordered: list[tuple[int, int]], n: int, at: float) -> float:
    place = at * (n - 1)
    lower = _value(ordered, math.floor(place))
    upper = _value(ordered, math.ceil(place))
    return lower + (upper - lower) * (place - math.floor(place))


def _value(ordered: list[tuple[int, int]], index: int) -> int:
    """Return the value at a place of the sorted row that the counts stand for."""
    seen = 0
    for minutes, count in ordered:
        seen += count
        if index < seen:
            return minutes
    return ordered[-1][0]
