"""Shifted-beta-geometric: retention of contract customers whose risk differs.

The retention rate of a cohort rises with age though nobody changes, because those at high risk leave first. A value from
one constant rate therefore understates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from kizuna.stats.checks import Numbers, number, vector
from kizuna.stats.errors import InvalidInput, NotIdentified
from kizuna.stats.results import Estimate
from kizuna.stats.value.likelihood import Maximum, flat, maximise, parameter_estimates, predict

ASSUMED = ("independent_rows", "geometric_lifetimes")


@dataclass(frozen=True, eq=False, kw_only=True)
class SBG(Estimate):
    """The fit: `value` is (alpha, beta), with `low` and `high`; predictions are methods.

    Period t = 1, 2, … is the t-th renewal; `cohorts` are the survivors handed in.
    """

    alpha: float
    beta: float
    log_likelihood: float
    cohorts: tuple[tuple[int, ...], ...]
    maximum: Maximum

    def survival(self, t: Numbers) -> Estimate:
        """Return the share of a new cohort still there after `t` periods (whole numbers ≥ 0)."""
        t = _periods(t, low=0)
        return self._predict(lambda p: np.exp(_log_survival(p[0], p[1], t)), "share", "share", t)

    def retention(self, t: Numbers) -> Estimate:
        """Return the share renewing in period `t` ≥ 1 among those there before: (β + t − 1) / (α + β + t − 1)."""
        t = _periods(t, low=1)
        return self._predict(lambda p: (p[1] + t - 1) / (p[0] + p[1] + t - 1), "share", "share", t)

    def derl(self, renewals: Numbers, discount: float) -> Estimate:
        """Return the discounted expected residual lifetime, in payments, just before the `renewals`-th renewal (≥ 1).

        `discount`: rate per period > 0; the renewal itself counts undiscounted when made. Fader & Hardie 2010, Marketing Science 29:85.
        """
        n = _periods(renewals, low=1)
        factor = 1 / (1 + number(discount, "discount", low=0, high=np.inf, open_ends=True))
        return self._predict(lambda p: residual_lifetime(p[0], p[1], n, factor), "positive", "payments", n)

    def expected_lifetime(self, discount: float) -> Estimate:
        """Return the discounted expected lifetime, in payments, of a new customer (first payment now)."""
        factor = 1 / (1 + number(discount, "discount", low=0, high=np.inf, open_ends=True))
        return self._predict(lambda p: special.hyp2f1(1, p[1], p[0] + p[1], factor), "positive", "payments", None)

    def _predict(self, function, scale, unit, periods):
        seen = max(len(cohort) for cohort in self.cohorts) - 1
        beyond = periods is not None and np.max(periods) > seen
        return predict(
            function, self.maximum, scale=scale, level=self.level, n=self.n, method="sbg_delta", unit=unit,
            assumptions=ASSUMED, cannot_say=("no_future_change",),
            diagnostics={"periods_seen": seen, "extrapolated": bool(beyond)},
        )  # fmt: skip


def fit_sbg(survivors: Numbers | Sequence[Sequence[int]], *, level: float = 0.95) -> SBG:
    """Fit the shifted-beta-geometric model to the survivors of one or several cohorts.

    Inputs: `survivors`: counts still there after 0, 1, 2, … periods (never rising), or a list of such lists of different
    lengths (a cohort triangle). Output: alpha, beta > 0 with log-scale limits; predictions with delta-method limits.
    Assumptions: each customer leaves with a constant probability, beta distributed. At least two periods.
    Raises: InvalidInput, EmptyInput, NotIdentified (fewer than two periods, nobody or everybody left, no heterogeneity),
    NotConverged. Source: Fader & Hardie 2007, Journal of Interactive Marketing 21:76, appendix.

    >>> fit = fit_sbg([1000, 631, 468, 382, 326])
    >>> round(fit.alpha, 3), round(fit.beta, 3), round(fit.log_likelihood, 2), round(fit.derl(1, 0.1), 4)
    (0.764, 1.296, -1401.56, 2.8833)
    """
    cohorts = _cohorts(survivors)
    lost, remaining = _tabulate(cohorts)
    _require_information(lost, remaining)
    weight = float(lost.sum() + remaining.sum())

    def objective(logs):
        value, gradient = _log_likelihood(np.exp(logs), lost, remaining)
        return -value / weight, -gradient * np.exp(logs) / weight

    starts = [np.log([1.0, 1.0]), np.log([0.5, 5.0]), np.log([5.0, 0.5]), np.log([20.0, 60.0])]
    maximum = maximise(objective, starts, weight)
    return SBG(
        **parameter_estimates(maximum, level), n=int(weight), method="sbg_maximum_likelihood", level=level,
        assumptions=ASSUMED, cannot_say=("no_future_change", *flat(maximum)),
        diagnostics={"periods": lost.size - 1, "lost": int(lost.sum()), "evaluations": maximum.evaluations},
        alpha=float(maximum.parameters[0]), beta=float(maximum.parameters[1]),
        log_likelihood=maximum.log_likelihood, cohorts=cohorts, maximum=maximum,
    )  # fmt: skip


def _cohorts(survivors):
    nested = len(survivors) > 0 and np.ndim(survivors[0]) == 1
    cohorts = []
    for row in survivors if nested else [survivors]:
        counts = vector(row, "survivors", low=0, whole=True)
        if np.any(np.diff(counts) > 0):
            raise InvalidInput("survivors: the number still there cannot rise")
        if counts[0] == 0:
            raise InvalidInput("survivors: a cohort of nobody")
        cohorts.append(tuple(int(count) for count in counts))
    return tuple(cohorts)


def _tabulate(cohorts):
    """Return how many left in period t and how many were last seen there after period t."""
    length = max(len(cohort) for cohort in cohorts)
    lost, remaining = np.zeros(length), np.zeros(length)
    for cohort in cohorts:
        lost[1 : len(cohort)] += -np.diff(cohort)
        remaining[len(cohort) - 1] += cohort[-1]
    return lost, remaining


def _require_information(lost, remaining):
    if lost.size < 3:
        raise NotIdentified("survivors: two parameters need at least two periods")
    if lost.sum() == 0:
        raise NotIdentified("survivors: nobody left, so the risk has no estimate")
    if lost[2:].sum() + remaining[1:].sum() == 0:
        raise NotIdentified("survivors: everybody left in the first period")


def _log_survival(alpha, beta, t):
    return special.betaln(alpha, beta + t) - special.betaln(alpha, beta)


def _log_likelihood(parameters, lost, remaining):
    """Return (log-likelihood, gradient in alpha and beta)."""
    alpha, beta = parameters
    t = np.arange(1, lost.size)
    digamma = special.psi
    leave = special.betaln(alpha + 1, beta + t - 1) - special.betaln(alpha, beta)
    stay = _log_survival(alpha, beta, t)
    total, whole = digamma(alpha + beta + t), digamma(alpha + beta)
    gradient_alpha = lost[1:] @ (digamma(alpha + 1) - total - digamma(alpha) + whole) + remaining[1:] @ (whole - total)
    gradient_beta = lost[1:] @ (digamma(beta + t - 1) - total - digamma(beta) + whole) + remaining[1:] @ (
        digamma(beta + t) - total - digamma(beta) + whole
    )
    return lost[1:] @ leave + remaining[1:] @ stay, np.array([gradient_alpha, gradient_beta])


def residual_lifetime(alpha: float, beta: float, n: Numbers, factor: float) -> Numbers:
    """Return Σ S(n + k) / S(n − 1) · factor^k over k ≥ 0 in closed form."""
    return (beta + n - 1) / (alpha + beta + n - 1) * special.hyp2f1(1, beta + n, alpha + beta + n, factor)


def _periods(t, *, low):
    t = np.asarray(t, dtype=float)
    vector(np.atleast_1d(t).ravel(), "period", low=low, whole=True)
    return t
