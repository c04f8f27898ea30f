"""How many customers an experiment needs, and how likely a given number is to show a true difference."""

import math
from dataclasses import dataclass

from scipy import optimize
from scipy import stats as distributions

from kizuna.stats.checks import count, number
from kizuna.stats.errors import InvalidInput
from kizuna.stats.results import Estimate

LARGEST_ARM = 10**12
NORMAL_FREEDOM, NORMAL_SHIFT = 1_000, 10


@dataclass(frozen=True, eq=False, kw_only=True)
class PowerPlan(Estimate):
    """`n_per_arm`: customers per arm, rounded up from `value`; `power` at the n handed in, or at `n_per_arm`."""

    n_per_arm: int
    power: float
    clusters_per_arm: int | None


def power_two_proportions(
    first: float,
    second: float,
    n_per_arm: int | None = None,
    *,
    power: float = 0.8,
    level: float = 0.95,
    cluster_size: float = 1.0,
    within_cluster_correlation: float = 0.0,
) -> PowerPlan:
    """Plan a comparison of two shares with equal arms.

    Inputs: `first`, `second`: expected shares, 0..1, different; `n_per_arm`: when given, `.power` is the power there;
    `cluster_size`, `within_cluster_correlation`: mean customers per account and their likeness, when accounts are drawn.
    Output: customers per arm for the wanted power, two-sided at 1 − `level`.
    Assumptions: random assignment, equal arms, normal approximation, shares pooled under no difference.
    Raises: InvalidInput. Source: Fleiss, Levin & Paik 2003, chapter 4; Donner & Klar 2000 (clusters).

    >>> plan = power_two_proportions(0.90, 0.925)
    >>> round(plan.value, 1), plan.n_per_arm, round(plan.power, 3)
    (2004.2, 2005, 0.8)
    """
    first = number(first, "first", low=0, high=1)
    second = number(second, "second", low=0, high=1)
    if first == second:
        raise InvalidInput("first and second: equal shares cannot be told apart")
    pooled = (first + second) / 2
    design = _design_effect(cluster_size, within_cluster_correlation)
    same = design * 2 * pooled * (1 - pooled)
    different = design * (first * (1 - first) + second * (1 - second))

    def attained(n, alpha):
        return _normal_power(abs(first - second) * math.sqrt(n), same, different, alpha)

    return _plan(attained, abs(first - second), n_per_arm, power, level, cluster_size, "power_two_proportions")


def power_two_means(
    difference: float,
    standard_deviation: float = 1.0,
    n_per_arm: int | None = None,
    *,
    power: float = 0.8,
    level: float = 0.95,
    cluster_size: float = 1.0,
    within_cluster_correlation: float = 0.0,
    correlation_before: float = 0.0,
) -> PowerPlan:
    """Plan a comparison of two means with equal arms.

    Inputs: `difference` ≠ 0 and `standard_deviation` > 0 in the unit of the outcome; `correlation_before`: correlation of the
    outcome with what is known before (CUPED); the rest as in `power_two_proportions`. Output: customers per arm, exact t test.
    Assumptions: random assignment, equal arms, normal outcome means. Raises: InvalidInput.
    Source: Cohen 1988, chapter 2; Deng et al. 2013 (variance times 1 − correlation²).

    >>> power_two_means(0.5).n_per_arm, power_two_means(0.2).n_per_arm
    (64, 394)
    """
    difference = number(difference, "difference")
    spread = number(standard_deviation, "standard_deviation", low=0, high=math.inf, open_ends=True)
    if difference == 0:
        raise InvalidInput("difference: zero cannot be told apart")
    known = number(correlation_before, "correlation_before", low=-1, high=1, open_ends=True)
    variance = 2 * spread**2 * (1 - known**2) * _design_effect(cluster_size, within_cluster_correlation)

    def attained(n, alpha):
        return _student_power(abs(difference) * math.sqrt(n / variance), 2 * n - 2, alpha)

    return _plan(attained, abs(difference), n_per_arm, power, level, cluster_size, "power_two_means")


def _design_effect(cluster_size, correlation):
    size = number(cluster_size, "cluster_size", low=1)
    return 1 + (size - 1) * number(correlation, "within_cluster_correlation", low=0, high=1)


def _plan(attained, difference, n_per_arm, power, level, cluster_size, method):
    wanted = number(power, "power", low=0, high=1, open_ends=True)
    alpha = 1 - number(level, "level", low=0, high=1, open_ends=True)
    exact = _smallest(lambda n: attained(n, alpha), wanted)
    needed = math.ceil(exact - 1e-7)
    given = needed if n_per_arm is None else count(n_per_arm, "n_per_arm", low=2)
    return PowerPlan(
        value=exact, low=None, high=None, n=2 * needed, method=method, unit="customers_per_arm", level=level,
        assumptions=("random_assignment", "no_interference", "equal_arms", "large_sample"),
        diagnostics={"difference": difference, "wanted_power": wanted, "n_considered": given},
        n_per_arm=needed, power=attained(given, alpha),
        clusters_per_arm=None if cluster_size == 1 else math.ceil(needed / cluster_size),
    )  # fmt: skip


def _normal_power(shift, same, different, alpha):
    distance = shift - distributions.norm.isf(alpha / 2) * math.sqrt(same)
    if different == 0:
        return float(distance > 0)
    return float(distributions.norm.cdf(distance / math.sqrt(different)))


def _student_power(shift, freedom, alpha):
    critical = distributions.t.isf(alpha / 2, freedom)
    if freedom > NORMAL_FREEDOM or shift > NORMAL_SHIFT:
        # Johnson & Kotz: the noncentral t is near normal with this centre and spread; its series fails for large shifts.
        distance = shift - critical * (1 - 1 / (4 * freedom))
        return float(distributions.norm.cdf(distance / math.sqrt(1 + critical**2 / (2 * freedom))))
    return float(distributions.nct.sf(critical, freedom, shift) + distributions.nct.cdf(-critical, freedom, shift))


def _smallest(attained, wanted):
    """Return the n ≥ 2, not rounded, at which the wanted power is reached."""
    if attained(2) >= wanted:
        return 2.0
    if attained(LARGEST_ARM) < wanted:
        raise InvalidInput("difference: too small to be shown by any number of customers")
    crossing = optimize.brentq(
        lambda log_n: attained(math.exp(log_n)) - wanted, math.log(2), math.log(LARGEST_ARM), xtol=1e-13
    )
    return math.exp(crossing)
