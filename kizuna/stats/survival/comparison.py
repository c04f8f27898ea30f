"""Compare survival between groups: log-rank test, and the landmark that avoids immortal time."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats as distributions

from kizuna.stats.checks import Numbers, flags, labels, normal_quantile, number, same_length, vector
from kizuna.stats.errors import ConstantOutcome, HorizonBeyondData, InvalidInput, NotIdentified
from kizuna.stats.results import Estimate
from kizuna.stats.survival.curve import SurvivalCurve, kaplan_meier


@dataclass(frozen=True, eq=False, kw_only=True)
class LogRank(Estimate):
    """The test: `value` = `statistic` (χ²), `p_value`, `degrees_of_freedom`; `observed`/`expected` ends per group.

    `hazard_ratio`: Peto's one-step ratio, second label against first, with two groups; None otherwise.
    """

    p_value: float
    degrees_of_freedom: int
    groups: tuple
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    hazard_ratio: Estimate | None

    @property
    def statistic(self) -> float:
        """The χ² statistic."""
        return self.value


@dataclass(frozen=True, eq=False, kw_only=True)
class LandmarkComparison(Estimate):
    """`value`: share of joiners minus share of others still there at the horizon, both among those there at the landmark.

    `joined`, `others`: curves whose time 0 is the landmark. `test`: log-rank between them, None when no end was seen.
    """

    joined: SurvivalCurve
    others: SurvivalCurve
    test: LogRank | None


def log_rank(durations: Numbers, observed: Numbers, group: Numbers, *, level: float = 0.95) -> LogRank:
    """Test whether survival is the same in two or more groups.

    Inputs: `durations`, `observed` as in `kaplan_meier`; `group`: (n,) labels, at least two kinds. Output: χ² and p value.
    Assumptions: independent rows, censoring unrelated to the end; most powerful under proportional hazards.
    Raises: InvalidInput, EmptyInput, NotIdentified (one group), ConstantOutcome (no end observed).
    Source: Mantel 1966; Peto & Peto 1972, JRSS A 135:185.

    >>> test = log_rank([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], ["a", "a", "a", "b", "b", "b"])
    >>> round(test.statistic, 3), round(test.p_value, 4)
    (5.052, 0.0246)
    """
    durations, observed = vector(durations, "durations", low=0), flags(observed, "observed")
    same_length(durations=durations, observed=observed)
    codes, groups = labels(group, "group", length=durations.size)
    if groups.size < 2:
        raise NotIdentified("group: at least two groups are needed")
    if not observed.any():
        raise ConstantOutcome("observed: no end was seen, so there is nothing to compare")
    seen, expected, covariance = _observed_expected(durations, observed, codes, groups.size)
    excess = (seen - expected)[1:]
    rank = int(np.linalg.matrix_rank(covariance[1:, 1:], hermitian=True))
    if rank == 0:
        raise NotIdentified("no time at which members of two groups were at risk together")
    statistic = float(excess @ np.linalg.pinv(covariance[1:, 1:], hermitian=True) @ excess)
    return LogRank(
        value=statistic, low=None, high=None, n=durations.size, method="log_rank", unit="chi_square", level=level,
        assumptions=("independent_rows", "censoring_unrelated", "proportional_hazards", "large_sample"),
        cannot_say=("not_an_effect",), p_value=float(distributions.chi2.sf(statistic, rank)), degrees_of_freedom=rank,
        groups=tuple(groups.tolist()), observed=tuple(seen.tolist()), expected=tuple(expected.tolist()),
        hazard_ratio=_peto_ratio(float(excess[0]), float(covariance[1, 1]), durations.size, level)
        if groups.size == 2 else None,
    )  # fmt: skip


def landmark(
    durations: Numbers, observed: Numbers, joined_at: Numbers, at: float, horizon: float, *, level: float = 0.95
) -> LandmarkComparison:
    """Compare joiners with others without crediting joiners for the time they had to survive in order to join.

    Inputs: `durations`, `observed` as in `kaplan_meier`; `joined_at`: (n,) time of joining, NaN for never; `at`: the
    landmark; `horizon` > `at`, same clock. Only rows still there after `at` count; joined = joined at or before `at`.
    Output: difference of shares still there at the horizon, -1..1. A description: joiners chose to join.
    Assumptions: independent rows, censoring unrelated, joined by the landmark.
    Raises: InvalidInput, EmptyInput, NotIdentified (a group is empty), HorizonBeyondData.
    Source: Anderson, Cain & Gelber 1983, JCO 1:710; van Houwelingen 2007, SJS 34:70.

    >>> never = float("nan")
    >>> stay = landmark([3, 9, 12, 12, 8, 12], [1, 1, 0, 0, 1, 0], [never, 2, 5, never, 7, never], 6, 12)
    >>> round(stay.value, 3), stay.n, stay.diagnostics["joined_later"]
    (-0.167, 5, 1)
    """
    durations, observed = vector(durations, "durations", low=0), flags(observed, "observed")
    joined_at = np.asarray(joined_at, dtype=float)
    same_length(durations=durations, observed=observed, joined_at=joined_at)
    at, horizon = number(at, "at", low=0), number(horizon, "horizon", low=0)
    if horizon <= at:
        raise InvalidInput("horizon: must come after the landmark")
    if np.any(joined_at > durations):
        raise InvalidInput("joined_at: joined after the end")
    there = durations > at
    joined = there & (joined_at <= at)
    if not joined.any() or not (there & ~joined).any():
        raise NotIdentified("nobody had joined, or everybody had, by the landmark")
    curves = tuple(
        kaplan_meier(durations[rows] - at, observed[rows], level=level) for rows in (joined, there & ~joined)
    )
    return _compare(curves, durations[there] - at, observed[there], joined[there], joined_at, at, horizon)


def _compare(curves, remaining, observed, joined, joined_at, at, horizon):
    wanted = horizon - at
    for curve in curves:
        if wanted > curve.last_time and curve.survival[-1] > 0:
            raise HorizonBeyondData(f"horizon {horizon} is after the last observed time {at + curve.last_time}")
    first, second = (curve.at(wanted) for curve in curves)
    difference = first.value - second.value
    level = first.level
    # Newcombe's hybrid (1998) with log-log limits in the place of Wilson's: stays in -1..1 and has width at 0 and 1.
    low = difference - math.hypot(first.value - first.low, second.high - second.value)
    high = difference + math.hypot(first.high - first.value, second.value - second.low)
    test = log_rank(remaining, observed, joined, level=level) if observed.any() else None
    return LandmarkComparison(
        value=difference, low=max(-1.0, low), high=min(1.0, high), n=remaining.size, method="landmark", unit="share",
        level=level, assumptions=("independent_rows", "censoring_unrelated", "joined_by_landmark"),
        cannot_say=("not_an_effect", "joined_later_counts_as_other", "beyond_last_observation"),
        diagnostics={"landmark": at, "horizon": horizon, "joined_n": curves[0].n, "others_n": curves[1].n,
                     "joined_later": int(np.sum(joined_at > at)), "joined_share": first.value, "others_share": second.value},
        joined=curves[0], others=curves[1], test=test,
    )  # fmt: skip


def _observed_expected(durations, observed, codes, groups):
    times, index = np.unique(durations, return_inverse=True)
    at_risk = np.empty((times.size, groups))
    events = np.empty((times.size, groups))
    for group in range(groups):
        rows = codes == group
        at_risk[:, group] = np.bincount(index[rows], minlength=times.size)[::-1].cumsum()[::-1]
        events[:, group] = np.bincount(index[rows], weights=observed[rows], minlength=times.size)
    keep = events.sum(axis=1) > 0
    at_risk, events = at_risk[keep], events[keep]
    risk, ends = at_risk.sum(axis=1), events.sum(axis=1)
    share = at_risk / risk[:, None]
    spread = np.where(risk > 1, ends * (risk - ends) / np.maximum(risk - 1, 1), 0.0)
    covariance = np.diag((spread[:, None] * share).sum(axis=0)) - (spread[:, None] * share).T @ share
    return events.sum(axis=0), (ends[:, None] * share).sum(axis=0), covariance


def _peto_ratio(excess, variance, n, level):
    if variance <= 0:
        return None
    centre, error = excess / variance, 1 / math.sqrt(variance)
    reach = normal_quantile(level) * error
    return Estimate(
        value=math.exp(centre), low=math.exp(centre - reach), high=math.exp(centre + reach), n=n, method="peto",
        unit="hazard_ratio", level=level, standard_error=error,
        assumptions=("independent_rows", "censoring_unrelated", "proportional_hazards", "large_sample"),
        cannot_say=("not_an_effect",),
    )  # fmt: skip
