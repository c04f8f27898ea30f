"""Mean time within a stated horizon: the area under the Kaplan-Meier curve."""

import math

import numpy as np

from kizuna.stats.checks import Numbers, flags, normal_quantile, number, same_length, vector
from kizuna.stats.errors import ConstantOutcome, HorizonBeyondData
from kizuna.stats.results import Estimate
from kizuna.stats.survival.curve import product_limit, risk_table


def restricted_mean(durations: Numbers, observed: Numbers, horizon: float, *, level: float = 0.95) -> Estimate:
    """Estimate the mean time still there within the first `horizon` units of time.

    Inputs: `durations`, `observed` as in `kaplan_meier`; `horizon`: float > 0, inside the observed times.
    Output: time, 0..horizon. Without any observed end the lower limit is the area under the exact binomial limits.
    Assumptions: independent rows, censoring unrelated to the end. Raises: InvalidInput, EmptyInput, HorizonBeyondData,
    ConstantOutcome. Source: Royston & Parmar 2013, BMC Medical Research Methodology 13:152; Klein & Moeschberger 2003, section 4.5.

    >>> round(restricted_mean([1, 2, 3, 4], [1, 1, 1, 1], 4).value, 2)
    2.5
    """
    area, variance, n, events = _area(durations, observed, horizon, level)
    reach = normal_quantile(level) * math.sqrt(variance["value"])
    low = area - reach if events else variance["lowest_area"]
    return Estimate(
        value=area, low=max(0.0, low), high=min(float(horizon), area + reach), n=n, method="restricted_mean", unit="time",
        level=level, standard_error=math.sqrt(variance["value"]),
        assumptions=("independent_rows", "censoring_unrelated", "large_sample"),
        cannot_say=("beyond_last_observation",) + (() if events else ("all_censored",)),
        diagnostics={"horizon": float(horizon), "events": events},
    )  # fmt: skip


def restricted_mean_difference(
    durations: Numbers, observed: Numbers, group: Numbers, horizon: float, *, level: float = 0.95
) -> Estimate:
    """Estimate how much longer those with `group` = 1 stay within the horizon than those with 0.

    Inputs: as in `restricted_mean`; `group`: (n,) 0/1, fixed at time 0. Output: difference in time.
    Assumptions: independent rows, censoring unrelated to the end; without random assignment it is not an effect.
    Raises: InvalidInput, EmptyInput, HorizonBeyondData, ConstantOutcome. Source: Royston & Parmar 2013.

    >>> round(restricted_mean_difference([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], 2).value, 2)
    0.5
    """
    durations, observed, group = (
        vector(durations, "durations", low=0),
        flags(observed, "observed"),
        flags(group, "group"),
    )
    same_length(durations=durations, observed=observed, group=group)
    ones = _area(durations[group], observed[group], horizon, level)
    zeros = _area(durations[~group], observed[~group], horizon, level)
    value, error = ones[0] - zeros[0], math.sqrt(ones[1]["value"] + zeros[1]["value"])
    reach, limit = normal_quantile(level) * error, float(horizon)
    return Estimate(
        value=value, low=max(-limit, value - reach), high=min(limit, value + reach), n=durations.size,
        method="restricted_mean_difference", unit="time", level=level, standard_error=error,
        assumptions=("independent_rows", "censoring_unrelated", "large_sample"),
        cannot_say=("not_an_effect", "beyond_last_observation"),
        diagnostics={"horizon": limit, "with": ones[0], "without": zeros[0]},
    )  # fmt: skip


def _area(durations, observed, horizon, level):
    durations, observed = vector(durations, "durations", low=0), flags(observed, "observed")
    same_length(durations=durations, observed=observed)
    horizon = number(horizon, "horizon", low=0, high=math.inf, open_ends=True)
    times, at_risk, events, _ = risk_table(durations, observed)
    survival, _ = product_limit(at_risk, events)
    if horizon > times[-1] and survival[-1] > 0:
        raise HorizonBeyondData(f"horizon {horizon} is after the last observed time {times[-1]}")
    inside = times < horizon
    widths = np.diff(np.r_[times[inside], horizon])
    areas = survival[inside] * widths
    remaining = areas[::-1].cumsum()[::-1]
    dying = events[inside].astype(float)
    left = at_risk[inside] - dying
    terms = np.divide(dying, at_risk[inside] * left, out=np.zeros_like(dying), where=left > 0)
    total = int(dying.sum())
    lowest = float(np.sum(((1 - level) / 2) ** (1 / at_risk[inside]) * widths))
    variance = float(np.sum(remaining**2 * terms))
    if total and variance == 0:
        raise ConstantOutcome("durations: every end falls on one time, so the spread is unknown")
    return float(areas.sum()), {"value": variance, "lowest_area": lowest}, durations.size, total
