"""Pareto/NBD: repeat purchases of customers who may silently leave at any moment.

Unlike BG/NBD it lets a customer without a repeat purchase have left. Its beta is nearly flat in the likelihood: compare
predictions, not betas.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from kizuna.stats.checks import Numbers
from kizuna.stats.results import Estimate
from kizuna.stats.value.bg_nbd import maximise_rows, rescaled
from kizuna.stats.value.likelihood import Maximum, Objective, flat, parameter_estimates, predict, with_numeric_gradient
from kizuna.stats.value.purchases import Purchases, customer, summarise

ASSUMED = ("independent_rows", "poisson_purchases", "dropout_any_time", "rates_independent")
STARTS = [np.log([0.5, 0.5, 0.5, 0.5]), np.log([1.0, 0.5, 1.0, 2.0])]


@dataclass(frozen=True, eq=False, kw_only=True)
class ParetoNBD(Estimate):
    """The fit: `value` is (r, alpha, s, beta), alpha and beta in the unit of `age`; predictions are methods."""

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    maximum: Maximum

    def expected_purchases(
        self, t: Numbers, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0
    ) -> Estimate:
        """Return the expected purchases in the next `t`, given the past; without a past, those of a new customer.

        Source: Fader & Hardie 2005, "A Note on Deriving the Pareto/NBD Model".
        """
        asked = customer(t, frequency, recency, age)
        return self._predict(lambda p: _expected(p, *asked), "positive", "purchases", ("individual_spread",))

    def probability_alive(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Estimate:
        """Return the probability that a customer with this past has not left."""
        _, x, recency, age = customer(0.0, frequency, recency, age)
        return self._predict(lambda p: 1 / (1 + _left_odds(p, x, recency, age)), "share", "share", ())

    def _predict(self, function, scale, unit, limits):
        return predict(
            function, self.maximum, scale=scale, level=self.level, n=self.n, method="pareto_nbd_delta", unit=unit,
            assumptions=ASSUMED, cannot_say=("no_future_change", *limits),
        )  # fmt: skip


def fit_pareto_nbd(frequency: Numbers, recency: Numbers, age: Numbers, *, level: float = 0.95) -> ParetoNBD:
    """Fit the Pareto/NBD model to one row per customer.

    Inputs as in `fit_bg_nbd`. Output: r, alpha, s, beta with log-scale limits; predictions with delta-method limits.
    Assumptions: Poisson buying while active (gamma rates), leaving at a constant rate (gamma), independent.
    Raises: InvalidInput, EmptyInput, TooFewObservations (n < 10), NotIdentified (nobody bought again), NotConverged.
    Source: Schmittlein, Morrison & Colombo 1987, Management Science 33:1; form: Fader & Hardie 2005, note on Pareto/NBD.

    >>> fit_pareto_nbd([1, 0], [3, 0], [9, 9])
    Traceback (most recent call last):
    ...
    kizuna.stats.errors.TooFewObservations: 2 customers; at least 10 are needed
    """
    rows = summarise(frequency, recency, age)
    maximum = maximise_rows(objective_of, rows, STARTS)
    original = maximum.log_likelihood - float(rows.weight @ rows.frequency) * np.log(rows.scale)
    maximum = rescaled(maximum, rows.scale, position=(1, 3), log_likelihood=original)
    names = dict(zip(("r", "alpha", "s", "beta"), maximum.parameters.tolist(), strict=True))
    return ParetoNBD(
        **parameter_estimates(maximum, level), n=rows.n, method="pareto_nbd_maximum_likelihood", level=level,
        assumptions=ASSUMED, cannot_say=("no_future_change", *flat(maximum)),
        diagnostics={"repeaters": rows.repeaters, "distinct_rows": rows.weight.size, "evaluations": maximum.evaluations},
        log_likelihood=maximum.log_likelihood, maximum=maximum, **names,
    )  # fmt: skip


def objective_of(rows: Purchases) -> Objective:
    weight = rows.weight.sum()

    def value(logs):
        r, alpha, s, beta = np.exp(logs)
        x = rows.frequency
        shared = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        staying = s * (np.log(beta) - np.log(beta + rows.age)) - (r + x) * np.log(alpha + rows.age)
        left = np.log1p(_left_odds((r, alpha, s, beta), x, rows.recency, rows.age))
        return -float(rows.weight @ (shared + staying + left)) / weight

    return with_numeric_gradient(value)


def _left_odds(parameters, x, recency, age):
    """Return odds of having left: P(left between recency and age) / P(still there at age), without overflow in the count."""
    r, alpha, s, beta = parameters
    total = r + s + x
    ratio = (r + x) * (np.log(alpha + age) - np.log(alpha + recency)) + s * (
        np.log(beta + age) - np.log(beta + recency)
    )
    early = _scaled_integral(parameters, total, x, recency)
    late = _scaled_integral(parameters, total, x, age)
    with np.errstate(over="ignore"):
        return np.maximum(s / total * (np.exp(ratio) * early - late), 0.0)


def _scaled_integral(parameters, total, x, time):
    """Return the hypergeometric factor after Euler's transformation: between 1 and a moderate bound."""
    r, alpha, s, beta = parameters
    if alpha >= beta:
        return special.hyp2f1(1.0, r + x, total + 1, (alpha - beta) / (alpha + time))
    return (alpha + time) / (beta + time) * special.hyp2f1(1.0, s + 1, total + 1, (beta - alpha) / (beta + time))


def _expected(parameters, t, x, recency, age):
    r, alpha, s, beta = parameters
    if abs(s - 1) < 1e-7:
        s = 1 + 1e-7  # the formula is 0/0 at s = 1 and continuous there
    growth = -np.expm1((s - 1) * (np.log(beta + age) - np.log(beta + age + t))) / (s - 1)
    active = 1 / (1 + _left_odds((r, alpha, s, beta), x, recency, age))
    return active * (r + x) * (beta + age) / (alpha + age) * growth
