"""Maximum likelihood on log parameters, confirmed by gradient and curvature, and what follows from the curvature.

All parameters of these models are positive, so the search and the intervals live on the log scale. A fit that cannot be
confirmed (gradient not zero, curvature not positive, parameters running away) is refused, never returned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from kizuna.stats.checks import normal_quantile
from kizuna.stats.errors import NotConverged
from kizuna.stats.results import Estimate, plain

LARGEST_LOG = 12.0
OUT_OF_RANGE = 1e6
SMALL_GRADIENT = 1e-8
APPROACHES = 8
STEP = 1e-4
Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
FLAT_LOG_ERROR = 1.5


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is highest: natural `parameters`, `covariance` of their logs, and how it was reached."""

    parameters: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    evaluations: int
    gradient: float


def maximise(objective: Objective, starts: list[np.ndarray], weight: float) -> Maximum:
    """Return the confirmed maximum of a log-likelihood.

    `objective` maps log parameters to (minus log-likelihood / weight, its gradient); `starts` are log parameters.
    Raises: NotConverged.
    """
    point, evaluations = _search(objective, starts)
    point, curvature, gradient, steps = _newton(objective, point)
    return _confirmed(objective, point, curvature, gradient, weight, evaluations + steps)


def maximise_from_sample(objective: Objective, sample: Objective, starts: list[np.ndarray], weight: float) -> Maximum:
    """Return the confirmed maximum over many rows, approached with the curvature of an evenly spread part of them.

    Each approach step costs one gradient over all rows instead of a curvature; the last steps and the covariance use
    all rows. Raises: NotConverged.
    """
    point, evaluations = _search(sample, starts)
    point, curvature, gradient, steps = _newton(sample, point)
    _confirm(point, curvature, gradient)
    for _ in range(APPROACHES):
        gradient = objective(point)[1]
        steps += 1
        if np.abs(gradient).max() < SMALL_GRADIENT:
            break
        point = point - np.linalg.solve(curvature, gradient)
    point, curvature, gradient, final_steps = _newton(objective, point)
    return _confirmed(objective, point, curvature, gradient, weight, evaluations + steps + final_steps)


def with_numeric_gradient(value: Callable[[np.ndarray], float]) -> Objective:
    """Return an objective whose gradient comes from central differences."""

    def objective(point):
        gradient = np.empty(point.size)
        for index in range(point.size):
            shift = np.zeros(point.size)
            shift[index] = STEP / 10
            gradient[index] = (value(point + shift) - value(point - shift)) / (STEP / 5)
        return value(point), gradient

    return objective


def parameter_estimates(maximum: Maximum, level: float) -> dict[str, Any]:
    """Return value, low and high of each parameter, with limits symmetric on the log scale."""
    error = np.sqrt(np.diag(maximum.covariance))
    reach = np.exp(normal_quantile(level) * error)
    return {
        "value": plain(maximum.parameters),
        "low": plain(maximum.parameters / reach),
        "high": plain(maximum.parameters * reach),
        "standard_error": plain(maximum.parameters * error),
    }


def flat(maximum: Maximum) -> tuple[str, ...]:
    """Return the code of a hardly determined parameter when there is one."""
    return ("flat_likelihood",) if np.sqrt(np.diag(maximum.covariance)).max() > FLAT_LOG_ERROR else ()


def predict(function, maximum: Maximum, *, scale: str, level: float, **described) -> Estimate:
    """Return `function(parameters)` with delta-method limits that respect the range of the quantity.

    `scale`: "positive" (limits symmetric in the log) or "share" (in the logit). Exact 0 and 1 keep no width: they are so
    for every parameter value.
    """
    value = np.asarray(function(maximum.parameters), dtype=float)
    transform, back = SCALES[scale]
    logs, slopes = np.log(maximum.parameters), []
    with np.errstate(all="ignore"):
        for index in range(logs.size):
            step = np.zeros(logs.size)
            # The step must be small beside the uncertainty, yet large beside rounding.
            step[index] = min(STEP, 0.1 * np.sqrt(maximum.covariance[index, index]))
            ahead, behind = (transform(np.asarray(function(np.exp(logs + sign * step)))) for sign in (1, -1))
            slopes.append((ahead - behind) / (2 * step[index]))
        slopes = np.nan_to_num(np.stack(slopes), nan=0.0, posinf=0.0, neginf=0.0)
        error = np.sqrt(np.maximum(np.einsum("i...,ij,j...->...", slopes, maximum.covariance, slopes), 0.0))
        centre, reach = transform(value), normal_quantile(level) * error
        fixed = ~np.isfinite(centre)
        low, high = (np.where(fixed, value, back(centre + sign * reach)) for sign in (-1, 1))
    return Estimate(value=plain(value), low=plain(low), high=plain(high), level=level, **described)


def _logit(share):
    return np.log(share) - np.log1p(-share)


def _expit(value):
    return 1 / (1 + np.exp(-value))


def _guarded(objective):
    """Return the objective with a wall where it overflows, so that the line search turns back instead of giving up."""

    def walled(point):
        value, gradient = objective(point)
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            return OUT_OF_RANGE, np.zeros(point.size)
        return value, gradient

    return walled


SCALES: dict[str, tuple[Callable, Callable]] = {"positive": (np.log, np.exp), "share": (_logit, _expit)}


def _search(objective, starts):
    best, evaluations = None, 0
    for start in starts:
        with np.errstate(all="ignore"):
            found = optimize.minimize(
                _guarded(objective), start, jac=True, method="L-BFGS-B", bounds=[(-LARGEST_LOG, LARGEST_LOG)] * len(start),
                options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
            )  # fmt: skip
        evaluations += found.nfev
        if found.fun < OUT_OF_RANGE and (best is None or found.fun < best.fun - 1e-12):
            best = found
    if best is None:
        raise NotConverged("the likelihood is not finite at any start")
    return best.x, evaluations


def _newton(objective, point):
    """Sharpen the maximum: a few damped Newton steps with a curvature from differences of the gradient."""
    steps = 0
    with np.errstate(all="ignore"):
        for _ in range(6):
            value, gradient = objective(point)
            curvature = _curvature(objective, point)
            steps += 1 + 2 * point.size
            if np.abs(gradient).max() < SMALL_GRADIENT or not np.all(np.isfinite(curvature)):
                break
            try:
                move = np.linalg.solve(curvature, gradient)
            except np.linalg.LinAlgError:
                break
            largest = np.abs(move).max()
            candidate = point - move * min(1.0, 0.5 / largest if largest > 0 else 1.0)
            steps += 1
            if not objective(candidate)[0] <= value + 1e-14 * abs(value):
                break
            point = candidate
    return point, curvature, gradient, steps


def _curvature(objective, point):
    rows = []
    for index in range(point.size):
        shift = np.zeros(point.size)
        shift[index] = STEP
        rows.append((objective(point + shift)[1] - objective(point - shift)[1]) / (2 * STEP))
    curvature = np.array(rows)
    return (curvature + curvature.T) / 2


def _confirmed(objective, point, curvature, gradient, weight, evaluations):
    _confirm(point, curvature, gradient)
    covariance = np.linalg.inv(curvature) / weight
    # Where the search stops on a plain that rises for ever depends on the processor; how wide the plain is does not.
    if normal_quantile(0.95) * np.sqrt(np.diag(covariance)).max() > LARGEST_LOG:
        raise NotConverged("a parameter may be anything in its range: these data do not determine the model")
    log_likelihood = float(-objective(point)[0] * weight)
    return Maximum(np.exp(point), covariance, log_likelihood, evaluations, float(np.abs(gradient).max()))


def _confirm(point, curvature, gradient):
    if np.abs(point).max() > LARGEST_LOG - 0.5:
        raise NotConverged(f"a parameter runs to its limit ({np.exp(point)}): these data do not determine the model")
    if not np.isfinite(gradient).all() or np.abs(gradient).max() > 1e-4:
        raise NotConverged(f"the gradient is {gradient} at the best point")
    if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature).min() <= 1e-9:
        raise NotConverged("the likelihood is flat at its best point: a parameter is not determined by these data")
