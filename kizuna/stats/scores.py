"""How good a churn or health score is: ranking, calibration, lift.

Score on rows that the model has not seen; an area over .90 on churn usually means leakage.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats as distributions

from kizuna.stats.checks import Numbers, count, flags, normal_quantile, number, same_length, vector
from kizuna.stats.effects.propensity import logistic
from kizuna.stats.errors import ConstantOutcome, PerfectSeparation, TooFewObservations
from kizuna.stats.intervals.proportions import wilson
from kizuna.stats.results import Estimate

CLOSEST = 1e-12


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """One group of like probabilities: mean predicted, share observed with its Wilson interval."""

    n: int
    predicted: float
    observed: Estimate


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibration(Estimate):
    """`value`: observed share minus mean probability (0 is right); `slope` and `intercept` of the logistic recalibration.

    `slope` is None when probabilities do not vary or separate the outcome. `brier`: mean squared error; `expected_error`:
    mean gap over the bins.
    """

    bins: tuple[CalibrationBin, ...]
    slope: Estimate | None
    intercept: Estimate | None
    brier: float
    expected_error: float


def auc(outcome: Numbers, score: Numbers, *, level: float = 0.95) -> Estimate:
    """Estimate the chance that a random positive scores above a random negative (area under the ROC curve).

    Inputs: `outcome`: (n,) 0/1; `score`: (n,) floats, higher = more likely 1; ties count half. Output: 0..1 with DeLong's
    variance on the logit scale; exact limits from the smaller class when the classes do not mix.
    Assumptions: independent rows. Raises: InvalidInput, EmptyInput, ConstantOutcome (one class).
    Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44; Sun & Xu 2014 (by ranks); Pepe 2003, section 5.2.5.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    outcome, score = _scored(outcome, score)
    positives, negatives = int(outcome.sum()), int((~outcome).sum())
    ranks = distributions.rankdata(score)
    inside_positive = distributions.rankdata(score[outcome])
    inside_negative = distributions.rankdata(score[~outcome])
    above = (ranks[outcome] - inside_positive) / negatives
    below = 1 - (ranks[~outcome] - inside_negative) / positives
    value = float(above.mean())
    variance = sum(float(part.var(ddof=1)) / part.size for part in (above, below) if part.size > 1)
    low, high = _share_limits(value, math.sqrt(variance), min(positives, negatives), level)
    return Estimate(
        value=value, low=low, high=high, n=outcome.size, method="delong_logit", unit="share", level=level,
        standard_error=math.sqrt(variance), assumptions=("independent_rows", "random_sample"),
        cannot_say=("probabilities_not_calibrated",) + (("few_observations",) if min(positives, negatives) < 10 else ()),
        diagnostics={"positives": positives, "negatives": negatives},
    )  # fmt: skip


def average_precision(outcome: Numbers, score: Numbers) -> float:
    """Return the mean precision over the positives in order of score, ties taken together (no interval is offered).

    Inputs as in `auc`. Output: float, from the base rate up to 1. Raises: InvalidInput, EmptyInput, ConstantOutcome.
    Source: Manning, Raghavan & Schütze 2008, section 8.4.

    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    outcome, score = _scored(outcome, score)
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(outcome[order])
    last = np.flatnonzero(np.r_[np.diff(score[order]) != 0, True])
    gained = np.diff(np.r_[0, hits[last]]) / hits[-1]
    return float(np.sum(gained * hits[last] / (last + 1)))


def calibration(outcome: Numbers, probability: Numbers, *, bins: int = 10, level: float = 0.95) -> Calibration:
    """Compare predicted probabilities with what happened.

    Inputs: `outcome`: (n,) 0/1; `probability`: (n,) in 0..1; `bins`: groups of equal size by probability (ties stay together).
    Output: observed share minus mean probability with interval, recalibration slope (1 is right) and intercept (0 is right).
    Assumptions: independent rows. Raises: InvalidInput, EmptyInput, ConstantOutcome.
    Source: Van Calster et al. 2019, BMC Medicine 17:230; Cox 1958, Biometrika 45:562; Brier 1950.

    >>> table = calibration([0, 0, 1, 1, 0, 1], [0.2, 0.2, 0.6, 0.8, 0.4, 0.8], bins=2)
    >>> abs(round(table.value, 3)), [group.n for group in table.bins], round(table.brier, 3)
    (0.0, [3, 3], 0.08)
    """
    outcome, _ = _scored(outcome, probability)
    probability = vector(probability, "probability", low=0, high=1)
    groups = _bins(outcome, probability, count(bins, "bins", low=1), level)
    gaps = outcome - probability
    value, error = float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(outcome.size)
    reach = normal_quantile(level) * error
    slope, intercept = _recalibration(outcome, probability, level)
    return Calibration(
        value=value, low=max(-1.0, value - reach), high=min(1.0, value + reach), n=outcome.size, method="calibration",
        unit="share", level=level, standard_error=error, assumptions=("independent_rows", "large_sample"),
        diagnostics={"base_rate": float(outcome.mean())}, bins=groups, slope=slope, intercept=intercept,
        brier=float(np.mean(gaps**2)),
        expected_error=sum(group.n * abs(group.predicted - group.observed.value) for group in groups) / outcome.size,
    )  # fmt: skip


def lift(outcome: Numbers, score: Numbers, share: float = 0.1, *, level: float = 0.95) -> Estimate:
    """Estimate how many times the base rate the top `share` by score holds.

    Inputs as in `auc`; `share`: part looked at, in (0, 1]; the number of rows is rounded, ties at the cut count by their mean.
    Output: ratio ≥ 0 (1 = no better than chance), interval from the Wilson limits of the rate in the top part.
    Assumptions: independent rows, the base rate known. Raises: InvalidInput, EmptyInput, ConstantOutcome, TooFewObservations.
    Source: Berry & Linoff 2004, Data Mining Techniques, chapter 4.

    >>> lift([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], share=0.2).value
    5.0
    """
    outcome, score = _scored(outcome, score)
    size = round(number(share, "share", low=0, high=1) * outcome.size)
    if size < 1:
        raise TooFewObservations(f"share: {share} of {outcome.size} rows is none")
    cut = np.partition(score, outcome.size - size)[outcome.size - size]
    surely, tied = score > cut, score == cut
    hits = float(outcome[surely].sum() + outcome[tied].mean() * (size - surely.sum()))
    base, top = float(outcome.mean()), hits / size
    limits = wilson(round(hits), size, level=level)
    return Estimate(
        value=top / base, low=min(limits.low, top) / base, high=max(limits.high, top) / base, n=outcome.size,
        method="top_share_wilson", unit="ratio", level=level, assumptions=("independent_rows", "random_sample"),
        cannot_say=("probabilities_not_calibrated",),
        diagnostics={"rows_in_top": size, "rate_in_top": top, "base_rate": base, "captured": hits / float(outcome.sum())},
    )  # fmt: skip


def _scored(outcome, score):
    outcome, score = flags(outcome, "outcome"), vector(score, "score")
    same_length(outcome=outcome, score=score)
    if outcome.all() or not outcome.any():
        raise ConstantOutcome("outcome: both classes are needed")
    return outcome, score


def _share_limits(value, error, smaller, level):
    if value in (0.0, 1.0) or error == 0:
        # No mixing was seen: the exact binomial limit of as many clean cases as the smaller class has.
        reach = 1 - ((1 - level) / 2) ** (1 / smaller)
        return max(0.0, value - reach), min(1.0, value + reach)
    centre = math.log(value / (1 - value))
    reach = normal_quantile(level) * error / (value * (1 - value))
    return 1 / (1 + math.exp(reach - centre)), 1 / (1 + math.exp(-reach - centre))


def _bins(outcome, probability, wanted, level):
    order = np.argsort(probability, kind="stable")
    # A bin may end only where the probability changes, so that equal predictions are judged together.
    changes = np.flatnonzero(np.diff(probability[order]) > 0) + 1
    ideal = np.arange(1, wanted) * outcome.size / wanted
    ends = np.unique(changes[np.abs(changes[None, :] - ideal[:, None]).argmin(axis=1)]) if changes.size else changes
    parts = np.split(order, ends)
    return tuple(
        CalibrationBin(n=part.size, predicted=float(probability[part].mean()),
                       observed=wilson(int(outcome[part].sum()), part.size, level=level))
        for part in parts
    )  # fmt: skip


def _recalibration(outcome, probability, level):
    """Return slope and intercept of logit(observed) on logit(predicted), or (None, None) where they do not exist."""
    safe = np.clip(probability, CLOSEST, 1 - CLOSEST)
    score = np.log(safe) - np.log1p(-safe)
    if np.ptp(score) == 0:
        return None, None
    try:
        coefficients, _, inverse = logistic(np.column_stack([np.ones(score.size), score]), outcome.astype(float))
    except PerfectSeparation:
        return None, None
    errors = np.sqrt(np.diag(inverse))
    reach = normal_quantile(level) * errors
    intercept, slope = (
        Estimate(value=float(value), low=float(value - half), high=float(value + half), n=outcome.size,
                 method="logistic_recalibration", level=level, standard_error=float(error),
                 assumptions=("independent_rows", "large_sample"))
        for value, half, error in zip(coefficients, reach, errors, strict=True)
    )  # fmt: skip
    return slope, intercept
