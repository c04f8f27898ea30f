"""Numbers with what belongs to them: how many they rest on, their interval, or the reason why there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Z = 1.959963984540054  # 95 %


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
    """Return a share with its 95 % Wilson score interval (Wilson 1927)."""
    if n <= 0:
        return Share(count, 0, None, None, None)
    value = count / n
    middle = (value + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(value * (1 - value) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(count, n, value, 0.0 if count == 0 else low, 1.0 if count == n else high)


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
