"""Gamma-Gamma: spend per order when customers differ, for customers with few orders."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from kizuna.stats.checks import Numbers, same_length, vector
from kizuna.stats.errors import ConstantOutcome, CorrelatedSpend, InvalidInput, NotIdentified, TooFewObservations
from kizuna.stats.results import Estimate
from kizuna.stats.value.likelihood import Maximum, flat, maximise, parameter_estimates, predict

ASSUMED = ("independent_rows", "spend_independent_of_frequency")
REFUSED_CORRELATION = 0.3
MENTIONED_CORRELATION = 0.15
SMALLEST_N = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class GammaGamma(Estimate):
    """The fit: `value` is (p, q, gamma), gamma in money; `correlation` of frequency and spend as observed."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    correlation: float
    maximum: Maximum

    @property
    def population_mean(self) -> Estimate:
        """The mean spend per order over all customers; refused as NotIdentified when it is infinite (q ≤ 1)."""
        return self.expected_spend(0, 0.0)

    def expected_spend(self, frequency: Numbers, monetary: Numbers) -> Estimate:
        """Return the expected spend per order given the past; without a repeat order, the population mean.

        Source: Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value".
        """
        frequency, monetary = np.broadcast_arrays(np.asarray(frequency, float), np.asarray(monetary, float))
        vector(frequency.ravel(), "frequency", low=0, whole=True)
        vector(monetary.ravel(), "monetary", low=0)
        if np.any(self.p * frequency + self.q <= 1):
            raise NotIdentified(f"q = {self.q:.3f}: the mean of the population is infinite")
        paid = np.where(frequency > 0, monetary * frequency, 0.0)
        return predict(
            lambda k: k[0] * (k[2] + paid) / (k[0] * frequency + k[1] - 1), self.maximum, scale="positive",
            level=self.level, n=self.n, method="gamma_gamma_delta", unit="money", assumptions=ASSUMED,
            cannot_say=("individual_spread", "no_future_change")
            + (("population_mean_used",) if np.any(frequency == 0) else ()),
        )  # fmt: skip


def fit_gamma_gamma(frequency: Numbers, monetary: Numbers, *, level: float = 0.95) -> GammaGamma:
    """Fit the Gamma-Gamma model of spend per order.

    Inputs, each (n,): `frequency`: repeat orders, whole; `monetary`: mean spend of the repeat orders (the first order
    excluded), money > 0 where frequency > 0. Rows without a repeat order are left out and counted in the diagnostics.
    Output: p, q, gamma with log-scale limits. Assumptions: spend per order is unrelated to frequency.
    Raises: InvalidInput, EmptyInput, TooFewObservations (fewer than 10 repeaters), ConstantOutcome,
    CorrelatedSpend (|r| > .3 and not by chance), NotConverged. Source: Fader, Hardie & Lee 2005, JMR 42:415.

    >>> fit_gamma_gamma([1, 2, 3], [10.0, 20.0, 30.0])
    Traceback (most recent call last):
    ...
    kizuna.stats.errors.TooFewObservations: 3 repeat customers; at least 10 are needed
    """
    x, m, left_out = _repeaters(frequency, monetary)
    correlation = _correlation(x, m)
    scale = float(m.mean())
    maximum = maximise(_objective(x, m / scale), [np.log([5.0, 4.0, 0.5]), np.log([1.0, 2.0, 2.0])], float(x.size))
    parameters = maximum.parameters * np.array([1.0, 1.0, scale])
    log_likelihood = maximum.log_likelihood - x.size * math.log(scale)
    maximum = Maximum(parameters, maximum.covariance, log_likelihood, maximum.evaluations, maximum.gradient)
    names = dict(zip(("p", "q", "gamma"), parameters.tolist(), strict=True))
    mild = ("spend_frequency_correlation",) if abs(correlation) > MENTIONED_CORRELATION else ()
    return GammaGamma(
        **parameter_estimates(maximum, level), n=x.size, method="gamma_gamma_maximum_likelihood", level=level,
        assumptions=ASSUMED, cannot_say=("no_future_change", *mild, *flat(maximum)),
        diagnostics={"without_repeat": left_out, "correlation": correlation, "evaluations": maximum.evaluations},
        log_likelihood=log_likelihood, correlation=correlation, maximum=maximum, **names,
    )  # fmt: skip


def _repeaters(frequency, monetary):
    frequency = vector(frequency, "frequency", low=0, whole=True)
    monetary = vector(monetary, "monetary", low=0)
    same_length(frequency=frequency, monetary=monetary)
    repeat = frequency > 0
    x, m = frequency[repeat], monetary[repeat]
    if np.any(m <= 0):
        raise InvalidInput("monetary: must be above 0 for customers with a repeat order")
    if x.size < SMALLEST_N:
        raise TooFewObservations(f"{x.size} repeat customers; at least {SMALLEST_N} are needed")
    if np.ptp(m) <= 1e-12 * m.mean():
        raise ConstantOutcome("monetary: every customer spends the same")
    return x, m, int((~repeat).sum())


def _correlation(x, m):
    if np.ptp(x) == 0:
        return 0.0
    correlation = float(np.corrcoef(x, m)[0, 1])
    by_chance = 2 / math.sqrt(x.size)
    if abs(correlation) > max(REFUSED_CORRELATION, by_chance):
        raise CorrelatedSpend(f"correlation of frequency and spend is {correlation:.2f}; the model assumes 0")
    return correlation


def _objective(x, m):
    log_m, log_x, n = np.log(m), np.log(x), float(x.size)

    def objective(logs):
        p, q, gamma = np.exp(logs)
        spread = np.log(gamma + x * m)
        value = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q) + q * np.log(gamma)
        value = value + (p * x - 1) * log_m + p * x * log_x - (p * x + q) * spread
        both = special.psi(p * x + q)
        slope_p = np.sum(x * (both - special.psi(p * x) + log_m + log_x - spread))
        slope_q = np.sum(both - special.psi(q) + np.log(gamma) - spread)
        slope_gamma = np.sum(q / gamma - (p * x + q) / (gamma + x * m))
        gradient = np.array([slope_p, slope_q, slope_gamma]) * np.exp(logs)
        return -value.sum() / n, -gradient / n

    return objective
