"""The chance of being treated given covariates: a logistic model that refuses separation instead of running away."""

import numpy as np
from scipy import special

from kizuna.stats.errors import NotConverged, PerfectSeparation

ITERATIONS = 60
GRADIENT = 1e-9
CERTAIN = 1e-6
RUNAWAY = 25.0


def logistic(design: np.ndarray, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (coefficients, probabilities, inverse information) of a logistic regression by Newton steps.

    `design`: (n, k), intercept included by the caller; `treated`: (n,) floats 0/1.
    Raises: PerfectSeparation, NotConverged. Source: Albert & Anderson 1984, Biometrika 71 (separation).
    """
    coefficients = np.zeros(design.shape[1])
    best = _deviance(design, treated, coefficients)
    for _ in range(ITERATIONS):
        probability = special.expit(design @ coefficients)
        gradient = design.T @ (treated - probability)
        if np.abs(gradient).max() < GRADIENT * treated.size:
            break
        information = (design * (probability * (1 - probability))[:, None]).T @ design
        move = np.linalg.pinv(information, hermitian=True) @ gradient
        coefficients, best = _halved(design, treated, coefficients, move, best)
        _refuse_separation(design, treated, coefficients)
    else:
        raise NotConverged("the propensity model did not converge")
    information = (design * (probability * (1 - probability))[:, None]).T @ design
    return coefficients, probability, np.linalg.pinv(information, hermitian=True)


def with_intercept(covariates: np.ndarray) -> np.ndarray:
    """Return the columns that vary, standardised, behind a column of ones."""
    spread = covariates.std(axis=0)
    varying = spread > 1e-12 * np.maximum(np.abs(covariates).max(axis=0), 1e-300)
    scaled = (covariates[:, varying] - covariates[:, varying].mean(axis=0)) / spread[varying]
    return np.column_stack([np.ones(len(covariates)), scaled])


def _halved(design, treated, coefficients, move, best):
    for halving in range(30):
        candidate = coefficients + move * 0.5**halving
        deviance = _deviance(design, treated, candidate)
        if deviance <= best + 1e-12 * abs(best):
            return candidate, deviance
    return coefficients, best


def _deviance(design, treated, coefficients):
    score = design @ coefficients
    return float(np.sum(np.logaddexp(0.0, score) - treated * score))


def _refuse_separation(design, treated, coefficients):
    score = design @ coefficients
    if np.abs(treated - special.expit(score)).max() < CERTAIN:
        raise PerfectSeparation("the covariates tell treated from untreated without error")
    if np.abs(score).max() > RUNAWAY and np.abs(coefficients).max() > RUNAWAY / 2:
        raise PerfectSeparation("the covariates tell some treated from all untreated without error")
