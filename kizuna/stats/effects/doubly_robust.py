"""One clean two-period comparison: the doubly robust difference in differences and its influence function.

Right when either the propensity model or the outcome model is right.
"""

from dataclasses import dataclass

import numpy as np

from kizuna.stats.effects.propensity import logistic, with_intercept
from kizuna.stats.errors import NoOverlap, TooFewObservations

NEARLY_CERTAIN = 0.995
SMALLEST_COMPARISON_SPARE = 2


@dataclass(frozen=True)
class PropensityFit:
    """The design (intercept first), the fitted propensities and the inverse information of the logistic model."""

    design: np.ndarray
    propensity: np.ndarray
    inverse: np.ndarray


def fit_propensity(covariates: np.ndarray, treated: np.ndarray) -> PropensityFit:
    """Fit the chance of being in the treated group. Raises: PerfectSeparation, NotConverged."""
    design = with_intercept(covariates)
    _, propensity, inverse = logistic(design, treated.astype(float))
    return PropensityFit(design, propensity, inverse)


def plain_effect(change: np.ndarray, treated: np.ndarray) -> tuple[float, np.ndarray]:
    """Return (effect on the treated, influence (n,)) without covariates; the mean square of influence / n is the variance."""
    means = [float(change[arm].mean()) for arm in (treated, ~treated)]
    share = float(treated.mean())
    influence = np.where(treated, (change - means[0]) / share, -(change - means[1]) / (1 - share))
    return means[0] - means[1], influence


def doubly_robust_effect(change: np.ndarray, treated: np.ndarray, fit: PropensityFit) -> tuple[float, np.ndarray]:
    """Return (effect on the treated, influence (n,)); the mean square of influence / n is the variance.

    `change`: (n,) outcome after minus before; `treated`: (n,) bool. Raises: NoOverlap, TooFewObservations.
    Source: Sant'Anna & Zhao 2020, Journal of Econometrics 219:101, section 2 (panel).
    """
    n, design, propensity = treated.size, fit.design, fit.propensity
    chance = np.where(treated, 1.0, propensity / np.maximum(1 - propensity, 1e-300))
    kept = treated | (propensity < NEARLY_CERTAIN)
    comparison = np.where(~treated & kept, chance, 0.0)
    if comparison.sum() <= 0:
        raise NoOverlap("no comparison unit is like the treated")
    slope, inverse_outer = _outcome_model(design, change, ~treated)
    left = change - design @ slope
    effect_treated = left[treated].mean()
    effect_comparison = float(comparison @ left / comparison.sum())
    outcome_score = np.where(treated, 0.0, left)[:, None] * design @ (inverse_outer * n)
    propensity_score = (treated - propensity)[:, None] * design @ (fit.inverse * n)
    mean_treated = design[treated].sum(axis=0) / n
    part_treated = np.where(treated, left - effect_treated, 0.0) - outcome_score @ mean_treated
    pull = design.T @ (comparison * (left - effect_comparison)) / n
    mean_comparison = design.T @ comparison / n
    part_comparison = (
        comparison * (left - effect_comparison) + propensity_score @ pull - outcome_score @ mean_comparison
    )
    influence = part_treated / treated.mean() - part_comparison / comparison.mean()
    return float(effect_treated - effect_comparison), influence


def _outcome_model(design, change, comparison):
    rows = design[comparison]
    if len(rows) < design.shape[1] + SMALLEST_COMPARISON_SPARE:
        raise TooFewObservations("too few comparison units for the covariates")
    inverse_outer = np.linalg.pinv(rows.T @ rows, hermitian=True)
    return inverse_outer @ (rows.T @ change[comparison]), inverse_outer
