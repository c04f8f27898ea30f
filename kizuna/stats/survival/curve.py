"""Kaplan-Meier: the share still there at each time."""

import math
from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import Numbers, flags, normal_quantile, same_length, vector
from kizuna.stats.errors import HorizonBeyondData
from kizuna.stats.results import Estimate, plain


@dataclass(frozen=True, eq=False, kw_only=True)
class SurvivalCurve(Estimate):
    """The curve: `times` (k,), starting at 0, with `survival`, `low`, `high`, `at_risk`, `events`, `censored` beside them.

    `value` is `survival`. `at_risk` counts just before the time. `greenwood` is the running sum Σ d / (n (n − d)).
    """

    times: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    greenwood: np.ndarray

    @property
    def survival(self) -> np.ndarray:
        """The share still there at each of `times`."""
        return self.value

    @property
    def last_time(self) -> float:
        """The last observed time; nothing is known after it."""
        return float(self.times[-1])

    def at(self, time: Numbers) -> Estimate:
        """Return the share still there at `time` (a float or an array), with its interval.

        Raises: InvalidInput, HorizonBeyondData (after the last observed time unless nobody was left).
        """
        wanted = np.asarray(time, dtype=float)
        vector(np.atleast_1d(wanted).ravel(), "time", low=0)
        if wanted.max() > self.last_time and self.survival[-1] > 0:
            raise HorizonBeyondData(f"time {wanted.max()} is after the last observed time {self.last_time}")
        index = np.searchsorted(self.times, wanted, side="right") - 1
        return Estimate(
            value=plain(self.survival[index]), low=plain(self.low[index]), high=plain(self.high[index]), n=self.n,
            method=self.method, unit="share", level=self.level, assumptions=self.assumptions,
            diagnostics={"at_risk": plain(self.at_risk[index])},
        )  # fmt: skip

    @property
    def median(self) -> Estimate:
        """The first time at which half are gone; infinite, with a code, when that is not reached.

        Interval: Brookmeyer & Crowley 1982, from the limits of the curve.
        """
        value, low, high = (_first_at_or_below(self.times, line, 0.5) for line in (self.survival, self.low, self.high))
        return Estimate(
            value=value, low=low, high=high, n=self.n, method="kaplan_meier_median", unit="time", level=self.level,
            assumptions=self.assumptions, cannot_say=("median_not_reached",) if math.isinf(value) else (),
            diagnostics={"last_time": self.last_time},
        )  # fmt: skip


def kaplan_meier(durations: Numbers, observed: Numbers, *, level: float = 0.95) -> SurvivalCurve:
    """Estimate the share still there at each time.

    Inputs: `durations`: (n,) float, time ≥ 0 until the end or until last seen; `observed`: (n,) 1 = the end was seen,
    0 = still there (censored). Ends come before censorings at the same time. Output: curve with log-log limits; where no
    end was seen yet the lower limit is the exact binomial one, where nobody is left the upper limit is carried on.
    Assumptions: independent rows, censoring unrelated to the end. Raises: InvalidInput, EmptyInput.
    Source: Kaplan & Meier 1958, JASA 53; Kalbfleisch & Prentice 2002, section 1.4 (log-log limits).

    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10], [1, 1, 1, 0, 1, 0, 1, 0])
    >>> curve.times.tolist(), curve.survival.round(3).tolist()
    ([0.0, 6.0, 7.0, 9.0, 10.0], [1.0, 0.625, 0.469, 0.469, 0.234])
    """
    durations, observed = vector(durations, "durations", low=0), flags(observed, "observed")
    same_length(durations=durations, observed=observed)
    times, at_risk, events, censored = risk_table(durations, observed)
    survival, greenwood = product_limit(at_risk, events)
    low, high = _log_log_limits(survival, greenwood, at_risk, level)
    return SurvivalCurve(
        value=plain(survival), low=plain(low), high=plain(high), n=durations.size, method="kaplan_meier_log_log",
        unit="share", level=level, standard_error=plain(_standard_error(survival, greenwood)),
        assumptions=("independent_rows", "censoring_unrelated"),
        cannot_say=("beyond_last_observation",) + (() if observed.any() else ("all_censored",)),
        diagnostics={"events": int(events.sum()), "censored": int(censored.sum())},
        times=plain(times), at_risk=plain(at_risk), events=plain(events), censored=plain(censored),
        greenwood=plain(greenwood),
    )  # fmt: skip


def risk_table(durations: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return times (0 first, increasing), and at each the number at risk, ending and censored."""
    times, codes = np.unique(durations, return_inverse=True)
    leaving = np.bincount(codes, minlength=times.size)
    events = np.bincount(codes, weights=observed, minlength=times.size).astype(np.int64)
    at_risk = leaving[::-1].cumsum()[::-1]
    if times[0] > 0:
        times, at_risk = np.r_[0.0, times], np.r_[durations.size, at_risk]
        events, leaving = np.r_[0, events], np.r_[0, leaving]
    return times, at_risk, events, leaving - events


def product_limit(at_risk: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the survival curve and the running Greenwood sum (infinite once nobody is left)."""
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(events > 0, events / (at_risk * (at_risk - events).astype(float)), 0.0)
    return survival, np.cumsum(steps)


def _standard_error(survival, greenwood):
    with np.errstate(invalid="ignore"):
        return np.where(survival > 0, survival * np.sqrt(greenwood), 0.0)


def _log_log_limits(survival, greenwood, at_risk, level):
    z = normal_quantile(level)
    inside = (survival > 0) & (survival < 1)
    log_survival = np.log(survival, where=inside, out=np.full(survival.size, -1.0))
    reach = z * np.sqrt(np.where(inside, greenwood, 0.0)) / np.abs(log_survival)
    low, high = np.exp(log_survival * np.exp(reach)), np.exp(log_survival * np.exp(-reach))
    # No end seen yet: as many successes in a row as were at risk (exact binomial lower limit).
    low = np.where(survival == 1, ((1 - level) / 2) ** (1 / at_risk), low)
    high = np.where(survival == 1, 1.0, high)
    low = np.where(survival == 0, 0.0, low)
    last = high[survival > 0][-1] if np.any(survival > 0) else 1.0
    return np.minimum(low, survival), np.where(survival == 0, last, high)


def _first_at_or_below(times, line, share):
    reached = np.flatnonzero(line <= share + 1e-12)
    return float(times[reached[0]]) if reached.size else math.inf
