"""Matched difference: treated units against the untreated units most like them.

Adjusts for what is in the covariates and for nothing else. Show it only with `overlap` and `balance`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from kizuna.stats.checks import Numbers, flags, matrix, normal_quantile, same_length, vector
from kizuna.stats.effects.balance import balance, inside_support
from kizuna.stats.effects.propensity import logistic, with_intercept
from kizuna.stats.errors import ConstantOutcome, NoOverlap, NotIdentified, TooFewObservations
from kizuna.stats.results import Estimate

SMALLEST_KEPT_SHARE = 0.5
SMALLEST_GROUP = 5
IMBALANCED = 0.1


@dataclass(frozen=True)
class _Cells:
    """Untreated rows with equal covariates: position, size, mean and variance of the outcome, and the cell of each row."""

    place: np.ndarray
    size: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    of_row: np.ndarray


def matched_difference(outcome: Numbers, treated: Numbers, covariates: Numbers, *, level: float = 0.95) -> Estimate:
    """Estimate the mean difference of the treated against their nearest untreated neighbours (ATT).

    Inputs: `outcome`: (n,) floats; `treated`: (n,) 0/1; `covariates`: (n, k), known before joining. Output: difference in the
    unit of `outcome`: nearest neighbour in Mahalanobis distance with replacement, all ties share the weight, regression
    correction of what distance is left. Treated outside the range of untreated propensities are left out and counted;
    refused when that is more than half. Assumptions: no hidden confounding, overlap, independent rows.
    Raises: InvalidInput, EmptyInput, NotIdentified, TooFewObservations, ConstantOutcome, NoOverlap, PerfectSeparation,
    NotConverged. Source: Abadie & Imbens 2006, Econometrica 74:235 (variance); 2011, JBES 29:1 (correction).

    >>> stay = [9, 8, 7, 5, 4, 6, 5, 4, 2, 1, 3, 2]
    >>> round(matched_difference(stay, [1] * 6 + [0] * 6, [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]).value, 2)
    3.67
    """
    outcome, treated = vector(outcome, "outcome"), flags(treated, "treated")
    same_length(outcome=outcome, treated=treated)
    covariates = matrix(covariates, "covariates", rows=outcome.size)
    _require_groups(outcome, treated)
    design = with_intercept(covariates)
    _, propensity, _ = logistic(design, treated.astype(float))
    inside = inside_support(propensity, treated)
    if inside.mean() < SMALLEST_KEPT_SHARE:
        raise NoOverlap(f"{(~inside).mean():.0%} of the treated have no untreated unit of like propensity")
    kept = np.flatnonzero(treated)[inside]
    space = _whitened(design[:, 1:])
    cells = _cells(space[~treated], outcome[~treated])
    nearest = cKDTree(cells.place).query(space[kept])[1]
    uses = np.bincount(nearest, minlength=cells.size.size).astype(float)
    correction = _correction(space, outcome, treated, kept, nearest, cells, uses)
    gaps = outcome[kept] - cells.mean[nearest] - correction
    return _matched(gaps, cells, uses, nearest, kept, outcome, treated, covariates, level)


def _require_groups(outcome, treated):
    if treated.all() or not treated.any():
        raise NotIdentified("treated: both groups are needed")
    if min(int(treated.sum()), int((~treated).sum())) < SMALLEST_GROUP:
        raise TooFewObservations(f"a group has fewer than {SMALLEST_GROUP} rows")
    if np.ptp(outcome) == 0:
        raise ConstantOutcome("outcome: does not vary")


def _whitened(columns):
    """Return the covariates in coordinates where Euclidean distance is Mahalanobis distance."""
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(columns, rowvar=False)))
    keep = values > 1e-10 * max(values.max(), 1e-300)
    return np.round(columns @ vectors[:, keep] / np.sqrt(values[keep]), 10)


def _cells(space, outcome):
    place, of_row, size = np.unique(space, axis=0, return_inverse=True, return_counts=True)
    of_row = of_row.ravel()
    mean = np.bincount(of_row, weights=outcome) / size
    squares = np.bincount(of_row, weights=(outcome - mean[of_row]) ** 2)
    variance = np.divide(squares, size - 1, out=np.zeros(size.size), where=size > 1)
    alone = np.flatnonzero(size == 1)
    if alone.size and size.size > 1:
        # A cell of one borrows the squared distance to its nearest neighbour (Abadie & Imbens 2006, section 4).
        other = cKDTree(place).query(place[alone], k=2)[1][:, 1]
        variance[alone] = (mean[alone] - mean[other]) ** 2 * size[other] / (size[other] + 1)
    return _Cells(place, size, mean, variance, of_row)


def _correction(space, outcome, treated, kept, nearest, cells, uses):
    """Return what a regression over the matched untreated rows expects between a treated unit and its match."""
    weight = (uses / cells.size)[cells.of_row]
    used = weight > 0
    design = np.column_stack([np.ones(int(used.sum())), space[~treated][used]])
    root = np.sqrt(weight[used])
    slope, *_ = np.linalg.lstsq(design * root[:, None], outcome[~treated][used] * root, rcond=1e-8)
    return (space[kept] - cells.place[nearest]) @ slope[1:]


def _matched(gaps, cells, uses, nearest, kept, outcome, treated, covariates, level):
    value = float(gaps.mean())
    # Per control row: K = uses / size, Σ of squared weights = uses / size²; summed over the rows of a cell.
    shared = uses**2 / cells.size - uses / cells.size
    variance = (np.sum((gaps - value) ** 2) + float(shared @ cells.variance)) / gaps.size**2
    error = math.sqrt(max(variance, 0.0))
    reach = normal_quantile(level) * error
    weights = np.zeros(outcome.size)
    weights[kept] = 1.0
    weights[~treated] = (uses / cells.size)[cells.of_row]
    after = balance(treated, covariates, weights=weights).value
    left_out = int(treated.sum()) - kept.size
    limits = ("hidden_confounding",) + (("outside_support",) if left_out else ())
    return Estimate(
        value=value, low=value - reach, high=value + reach, n=outcome.size, method="nearest_neighbour_corrected",
        level=level, standard_error=error, assumptions=("no_hidden_confounding", "overlap", "independent_rows"),
        cannot_say=limits + (("imbalance_remains",) if after > IMBALANCED else ()),
        diagnostics={
            "naive_difference": float(outcome[treated].mean() - outcome[~treated].mean()), "treated_left_out": left_out,
            "n_treated": kept.size, "controls_used": int(cells.size[uses > 0].sum()), "weights": weights,
            "largest_imbalance_after": after, "largest_imbalance_before": balance(treated, covariates).value,
            "exact_matches": float(np.mean(np.abs(gaps - outcome[kept] + cells.mean[nearest]) < 1e-9)),
        },
    )  # fmt: skip
