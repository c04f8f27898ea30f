"""Are the groups alike before the outcome is looked at: balance of covariates, and overlap of propensities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import Numbers, flags, matrix, normal_quantile, vector
from kizuna.stats.effects.propensity import logistic, with_intercept
from kizuna.stats.errors import InvalidInput, NotIdentified, TooFewObservations
from kizuna.stats.intervals.proportions import wilson
from kizuna.stats.results import Estimate, plain

IMBALANCED = 0.1
BINS = 20
TRIMMED = 0.1


@dataclass(frozen=True, kw_only=True)
class BalanceRow:
    """One covariate: means, standardised difference, ratio of variances (None when the comparison does not vary)."""

    name: str
    mean_treated: float
    mean_control: float
    standardised_difference: float
    variance_ratio: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Balance(Estimate):
    """`value`: the largest absolute standardised difference; `rows`: one per covariate."""

    rows: tuple[BalanceRow, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Overlap(Estimate):
    """`value`: share of treated whose propensity lies inside the range of the untreated; `bins` for the plot."""

    edges: np.ndarray
    treated_counts: np.ndarray
    control_counts: np.ndarray
    propensity: np.ndarray


def balance(
    treated: Numbers,
    covariates: Numbers,
    *,
    names: Sequence[str] | None = None,
    weights: Numbers | None = None,
    level: float = 0.95,
) -> Balance:
    """Compare covariates of treated and untreated, optionally after weighting (matching weights).

    Inputs: `treated`: (n,) 0/1; `covariates`: (n, k); `weights`: (n,) ≥ 0, not all zero in an arm. Output: standardised
    differences in units of the unweighted pooled standard deviation, so that before and after compare; the interval of the
    largest is the normal one, unweighted. Differences above .1 are called imbalance.
    Assumptions: none; a description. Raises: InvalidInput, EmptyInput, NotIdentified, TooFewObservations.
    Source: Austin 2011, Multivariate Behavioral Research 46:399, "Balance diagnostics".

    >>> table = balance([1, 1, 1, 0, 0, 0], [[30, 1], [40, 0], [50, 1], [20, 0], [30, 1], [40, 0]], names=["age", "plan"])
    >>> round(table.value, 2), table.rows[0].name, table.rows[0].mean_treated
    (1.0, 'age', 40.0)
    """
    treated = flags(treated, "treated")
    covariates = matrix(covariates, "covariates", rows=treated.size)
    weights = _weights(weights, treated)
    titles = tuple(names) if names is not None else tuple(f"x{index}" for index in range(covariates.shape[1]))
    if len(titles) != covariates.shape[1]:
        raise InvalidInput(f"names: {len(titles)} names for {covariates.shape[1]} covariates")
    rows = tuple(_row(name, column, treated, weights) for name, column in zip(titles, covariates.T, strict=True))
    largest = max(abs(row.standardised_difference) for row in rows)
    n_treated, n_control = int(treated.sum()), int((~treated).sum())
    error = math.sqrt(1 / n_treated + 1 / n_control + largest**2 / (2 * treated.size))
    reach = normal_quantile(level) * error
    return Balance(
        value=largest, low=max(0.0, largest - reach), high=largest + reach, n=treated.size,
        method="standardised_difference", unit="standard_deviations", level=level, standard_error=error,
        cannot_say=("hidden_confounding",) + (("imbalance_remains",) if largest > IMBALANCED else ()),
        diagnostics={"n_treated": n_treated, "n_control": n_control}, rows=rows,
    )  # fmt: skip


def overlap(treated: Numbers, covariates: Numbers, *, level: float = 0.95) -> Overlap:
    """Measure how many treated units have untreated units like them.

    Inputs: `treated`: (n,) 0/1; `covariates`: (n, k). Output: share of treated inside the range of untreated propensities,
    0..1, with the Wilson interval; 20 bins per arm for the plot; diagnostics with the share inside [.1, .9].
    Assumptions: a logistic propensity, linear in the covariates.
    Raises: InvalidInput, EmptyInput, NotIdentified, TooFewObservations, PerfectSeparation, NotConverged.
    Source: Crump, Hotz, Imbens & Mitnik 2009, Biometrika 96:187.

    >>> overlap([1, 0] * 20, [[index % 5] for index in range(40)]).value
    1.0
    """
    treated = flags(treated, "treated")
    covariates = matrix(covariates, "covariates", rows=treated.size)
    _require_arms(treated)
    _, propensity, _ = logistic(with_intercept(covariates), treated.astype(float))
    inside = inside_support(propensity, treated)
    edges = np.linspace(0, 1, BINS + 1)
    share = wilson(int(inside.sum()), int(treated.sum()), level=level)
    kept = (propensity >= TRIMMED) & (propensity <= 1 - TRIMMED)
    return Overlap(
        value=share.value, low=share.low, high=share.high, n=treated.size, method="propensity_range", unit="share",
        level=level, cannot_say=("hidden_confounding",) + (() if inside.all() else ("outside_support",)),
        diagnostics={"treated_outside": int((~inside).sum()), "share_between_10_and_90": float(kept.mean()),
                     "highest_control": float(propensity[~treated].max())},
        edges=plain(edges), propensity=plain(propensity),
        treated_counts=plain(np.histogram(propensity[treated], edges)[0]),
        control_counts=plain(np.histogram(propensity[~treated], edges)[0]),
    )  # fmt: skip


def inside_support(propensity: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return for each treated row whether its propensity lies inside the range of the untreated."""
    slack = 1e-9
    controls = propensity[~treated]
    return (propensity[treated] >= controls.min() - slack) & (propensity[treated] <= controls.max() + slack)


def _require_arms(treated):
    if treated.all() or not treated.any():
        raise NotIdentified("treated: both groups are needed")
    if min(int(treated.sum()), int((~treated).sum())) < 2:
        raise TooFewObservations("a group has one row")


def _weights(weights, treated):
    _require_arms(treated)
    if weights is None:
        return np.ones(treated.size)
    weights = vector(weights, "weights", low=0)
    if weights.size != treated.size:
        raise InvalidInput(f"weights: {weights.size} for {treated.size} rows")
    if weights[treated].sum() == 0 or weights[~treated].sum() == 0:
        raise InvalidInput("weights: all zero in one group")
    return weights


def _row(name, column, treated, weights):
    means = [float(np.average(column[arm], weights=weights[arm])) for arm in (treated, ~treated)]
    variances = [
        float(np.average((column[arm] - mean) ** 2, weights=weights[arm]))
        for arm, mean in zip((treated, ~treated), means, strict=True)
    ]
    pooled = math.sqrt((column[treated].var(ddof=1) + column[~treated].var(ddof=1)) / 2)
    gap = means[0] - means[1]
    if pooled == 0 and gap != 0:
        raise NotIdentified(f"{name}: constant in each group and different between them")
    return BalanceRow(
        name=name, mean_treated=means[0], mean_control=means[1],
        standardised_difference=gap / pooled if pooled > 0 else 0.0,
        variance_ratio=variances[0] / variances[1] if variances[1] > 0 else None,
    )  # fmt: skip
