"""BG/NBD: repeat purchases of customers who may silently leave after any purchase.

A customer without a repeat purchase is active by construction of the model; the code travels with the number.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from kizuna.stats.checks import Numbers
from kizuna.stats.results import Estimate
from kizuna.stats.value.likelihood import (
    Maximum,
    Objective,
    flat,
    maximise,
    maximise_from_sample,
    parameter_estimates,
    predict,
)
from kizuna.stats.value.purchases import Purchases, customer, summarise

ASSUMED = ("independent_rows", "poisson_purchases", "dropout_after_purchase", "rates_independent")
SAMPLE_ROWS = 20_000
STARTS = [np.log([0.5, 0.5, 0.8, 2.0]), np.log([0.2, 0.1, 0.3, 5.0])]


@dataclass(frozen=True, eq=False, kw_only=True)
class BGNBD(Estimate):
    """The fit: `value` is (r, alpha, a, b), alpha in the unit of `age`; predictions are methods."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    maximum: Maximum

    def expected_purchases(
        self, t: Numbers, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0
    ) -> Estimate:
        """Return the expected purchases in the next `t`, given the past; without a past, those of a new customer.

        Source: Fader, Hardie & Lee 2005, eq. (10), after Euler's transformation so that large counts cannot overflow.
        """
        asked = customer(t, frequency, recency, age)
        return self._predict(lambda p: _expected(p, *asked), "positive", "purchases", ("individual_spread",))

    def probability_alive(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Estimate:
        """Return the probability that a customer with this past has not left."""
        _, x, recency, age = customer(0.0, frequency, recency, age)
        limits = ("alive_without_repeat_is_one",) if np.any(x == 0) else ()
        return self._predict(lambda p: special.expit(-_log_left_odds(p, x, recency, age)), "share", "share", limits)

    def _predict(self, function, scale, unit, limits):
        return predict(
            function, self.maximum, scale=scale, level=self.level, n=self.n, method="bg_nbd_delta", unit=unit,
            assumptions=ASSUMED, cannot_say=("no_future_change", *limits),
        )  # fmt: skip


def fit_bg_nbd(frequency: Numbers, recency: Numbers, age: Numbers, *, level: float = 0.95) -> BGNBD:
    """Fit the BG/NBD model to one row per customer.

    Inputs, each (n,): `frequency`: repeat purchases (purchase times after the first), whole; `recency`: time from the first
    to the last purchase (0 without a repeat); `age`: time from the first purchase to now, same unit. Output: r, alpha, a, b
    with log-scale limits; predictions with delta-method limits. Identical rows are computed once.
    Assumptions: Poisson buying while active (gamma rates), leaving only after a purchase (beta), independent.
    Raises: InvalidInput, EmptyInput, TooFewObservations (n < 10), NotIdentified (nobody bought again), NotConverged.
    Source: Fader, Hardie & Lee 2005, Marketing Science 24:275; numerics: Fader & Hardie 2013, brucehardie.com/notes/027.

    >>> bought, last = [2, 1, 0, 0, 4, 9, 1, 0, 3, 0, 0, 6] * 3, [20, 8, 0, 0, 12, 36, 3, 0, 10, 0, 0, 38] * 3
    >>> fit = fit_bg_nbd(bought, last, [39] * 36)
    >>> fit.n, round(fit.r, 2), fit.probability_alive(0, 0, 39).value
    (36, 0.42, 1.0)
    """
    rows = summarise(frequency, recency, age)
    maximum = maximise_rows(objective_of, rows, STARTS)
    maximum = rescaled(maximum, rows.scale, position=(1,), log_likelihood=_in_original_unit(maximum, rows))
    names = dict(zip(("r", "alpha", "a", "b"), maximum.parameters.tolist(), strict=True))
    return BGNBD(
        **parameter_estimates(maximum, level), n=rows.n, method="bg_nbd_maximum_likelihood", level=level,
        assumptions=ASSUMED, cannot_say=("no_future_change", "alive_without_repeat_is_one", *flat(maximum)),
        diagnostics={"repeaters": rows.repeaters, "distinct_rows": rows.weight.size, "evaluations": maximum.evaluations},
        log_likelihood=maximum.log_likelihood, maximum=maximum, **names,
    )  # fmt: skip


def rescaled(maximum: Maximum, scale: float, *, position: tuple[int, ...], log_likelihood: float) -> Maximum:
    """Return the maximum with the parameters that carry time brought back to the caller's unit."""
    parameters = maximum.parameters.copy()
    parameters[list(position)] *= scale
    return Maximum(parameters, maximum.covariance, log_likelihood, maximum.evaluations, maximum.gradient)


def maximise_rows(build: Callable[[Purchases], Objective], rows: Purchases, starts: list[np.ndarray]) -> Maximum:
    """Return the maximum over the rows, started from a part of them when they are many."""
    if rows.weight.size <= 2 * SAMPLE_ROWS:
        return maximise(build(rows), starts, rows.n)
    return maximise_from_sample(build(rows), build(rows.sample(SAMPLE_ROWS)), starts, rows.n)


def _in_original_unit(maximum, rows):
    # Every repeat purchase is a density in time, so the unit of time enters as scale^(−frequency).
    return maximum.log_likelihood - float(rows.weight @ rows.frequency) * np.log(rows.scale)


def objective_of(rows: Purchases) -> Objective:
    """Return the objective on log parameters; terms of the frequency alone are computed once per frequency."""
    counts, index = np.unique(rows.frequency, return_inverse=True)
    per_count = np.bincount(index, weights=rows.weight)
    total, repeat = rows.weight.sum(), rows.frequency > 0
    x, recency, weight = rows.frequency[repeat], rows.recency[repeat], rows.weight[repeat]

    def objective(logs):
        r, alpha, a, b = np.exp(logs)
        shared, slopes = _frequency_terms(r, a, b, counts, per_count)
        waiting, inverse = np.log(alpha + rows.age), rows.weight / (alpha + rows.age)
        since = waiting[repeat] - np.log(alpha + recency)
        odds = np.log(a / (b + x - 1)) + (r + x) * since
        gone = weight * special.expit(odds)
        value = shared + weight @ np.logaddexp(0.0, odds) - rows.weight @ ((r + rows.frequency) * waiting)
        value += total * r * np.log(alpha)
        early = gone @ ((r + x) * (1 / (alpha + rows.age[repeat]) - 1 / (alpha + recency)))
        slope_alpha = early - (r + rows.frequency) @ inverse + total * r / alpha
        slope_r = slopes[0] + gone @ since - rows.weight @ waiting + total * np.log(alpha)
        slope_a, slope_b = slopes[1] + gone.sum() / a, slopes[2] - gone @ (1 / (b + x - 1))
        gradient = np.array([slope_r, slope_alpha, slope_a, slope_b]) * np.exp(logs)
        return -value / total, -gradient / total

    return objective


def _frequency_terms(r, a, b, x, per_count):
    """Return the terms free of time, summed over customers, and their slopes in r, a, b."""
    loggamma, digamma = special.gammaln, special.psi
    value = loggamma(r + x) - loggamma(r) + loggamma(a + b) + loggamma(b + x) - loggamma(b) - loggamma(a + b + x)
    both = digamma(a + b) - digamma(a + b + x)
    slopes = (digamma(r + x) - digamma(r), both, both + digamma(b + x) - digamma(b))
    return per_count @ value, [per_count @ slope for slope in slopes]


def _log_left_odds(parameters, x, recency, age):
    """Return the log odds of having left; −∞ without a repeat purchase."""
    r, alpha, a, b = parameters
    odds = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * (np.log(alpha + age) - np.log(alpha + recency))
    return np.where(x > 0, odds, -np.inf)


def _expected(parameters, t, x, recency, age):
    r, alpha, a, b = parameters
    if abs(a - 1) < 1e-7:
        a = 1 + 1e-7  # the formula is 0/0 at a = 1 and continuous there
    total = a + b + x - 1
    z = t / (alpha + age + t)
    # Euler: (1 − z)^(r+x) ₂F₁(r+x, b+x; c; z) = (1 − z)^(a−1) ₂F₁(a+b−1−r, a−1; c; z), free of the count's overflow.
    part = np.exp((a - 1) * np.log1p(-z)) * special.hyp2f1(a + b - 1 - r, a - 1, total, z)
    active = special.expit(-_log_left_odds((r, alpha, a, b), x, recency, age))
    return np.maximum(total / (a - 1) * (1 - part), 0.0) * active
