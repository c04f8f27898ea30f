"""Intervals for one share and for the difference of two shares."""

import math

from kizuna.stats.checks import count, normal_quantile
from kizuna.stats.errors import EmptyInput, InvalidInput
from kizuna.stats.results import Estimate


def wilson(successes: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate a share with the Wilson score interval.

    Inputs: `successes`: int, 0..n; `n`: int > 0. Output: share and interval in 0..1.
    Assumptions: independent rows. Mean coverage is close to the level; single cells fall below it for shares near 0 or 1.
    Raises: InvalidInput, EmptyInput (n = 0: n/a, never 0 %).
    Source: Wilson 1927, JASA 22; Newcombe 1998, Statistics in Medicine 17:857, method 3.

    >>> satisfied = wilson(5, 100)
    >>> round(satisfied.low, 4), round(satisfied.high, 4)
    (0.0215, 0.1118)
    """
    successes, n = _share_counts(successes, n)
    z = normal_quantile(level)
    low, high = _wilson_limits(successes, n, z)
    return Estimate(
        value=successes / n, low=low, high=high, n=n, method="wilson", unit="share", level=level,
        standard_error=math.sqrt(successes * (n - successes) / n**3),
        assumptions=("independent_rows", "random_sample"),
        cannot_say=("non_response",),
        diagnostics={"successes": successes},
    )  # fmt: skip


def newcombe(
    successes_first: int, n_first: int, successes_second: int, n_second: int, *, level: float = 0.95
) -> Estimate:
    """Estimate the difference of two independent shares, first minus second, with Newcombe's hybrid score interval.

    Inputs: two pairs of counts. Output: difference and interval in -1..1. n is the sum of both.
    Assumptions: independent rows, independent samples.
    Raises: InvalidInput, EmptyInput.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.

    >>> difference = newcombe(56, 70, 48, 80)
    >>> round(difference.low, 4), round(difference.high, 4)
    (0.0524, 0.3339)
    """
    first, n_first = _share_counts(successes_first, n_first)
    second, n_second = _share_counts(successes_second, n_second)
    z = normal_quantile(level)
    share_first, share_second = first / n_first, second / n_second
    low_first, high_first = _wilson_limits(first, n_first, z)
    low_second, high_second = _wilson_limits(second, n_second, z)
    difference = share_first - share_second
    return Estimate(
        value=difference,
        low=max(-1.0, difference - math.hypot(share_first - low_first, high_second - share_second)),
        high=min(1.0, difference + math.hypot(high_first - share_first, share_second - low_second)),
        n=n_first + n_second, method="newcombe", unit="share", level=level,
        assumptions=("independent_rows", "independent_samples", "random_sample"),
        cannot_say=("non_response", "not_an_effect"),
        diagnostics={"first": share_first, "second": share_second, "n_first": n_first, "n_second": n_second},
    )  # fmt: skip


def _share_counts(successes, n):
    n = count(n, "n")
    if n == 0:
        raise EmptyInput("n: a share of nothing is n/a")
    successes = count(successes, "successes")
    if successes > n:
        raise InvalidInput(f"successes: {successes} of {n}")
    return successes, n


def _wilson_limits(successes, n, z):
    centre = successes + z * z / 2
    reach = z * math.sqrt(successes * (n - successes) / n + z * z / 4)
    low = 0.0 if successes == 0 else (centre - reach) / (n + z * z)
    high = 1.0 if successes == n else (centre + reach) / (n + z * z)
    return low, high
