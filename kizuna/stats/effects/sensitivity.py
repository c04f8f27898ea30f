"""How strong an unmeasured cause would have to be to explain an association away."""

import math

from kizuna.stats.checks import number
from kizuna.stats.errors import InvalidInput
from kizuna.stats.results import Estimate


def e_value(risk_ratio: float, low: float | None = None, high: float | None = None, *, n: int = 0) -> Estimate:
    """Return the E-value of a risk ratio and of the interval limit closest to 1.

    Inputs: `risk_ratio` > 0; `low`, `high`: its interval, or None. Output: `value` is the E-value of the estimate, `low` that
    of the limit nearest to no association (1 when the interval includes it; None without an interval); `high` is None.
    Both are ratios ≥ 1: the least strength, towards joining and outcome alike, that a hidden cause must have.
    Assumptions: the estimate is otherwise sound. Raises: InvalidInput.
    Source: VanderWeele & Ding 2017, Annals of Internal Medicine 167:268.

    >>> sturdy = e_value(3.9, 1.8, 8.7)
    >>> round(sturdy.value, 2), round(sturdy.low, 2)
    (7.26, 3.0)
    """
    ratio = number(risk_ratio, "risk_ratio", low=0, high=math.inf, open_ends=True)
    if (low is None) != (high is None):
        raise InvalidInput("low and high: give both or neither")
    limit, crosses = None, False
    if low is not None and high is not None:
        low, high = number(low, "low", low=0), number(high, "high", low=0)
        if not low <= ratio <= high:
            raise InvalidInput("low and high: must enclose risk_ratio")
        crosses = low <= 1 <= high
        limit = 1.0 if crosses else _e_value(low if ratio > 1 else high)
    return Estimate(
        value=_e_value(ratio), low=limit, high=None, n=n, method="e_value", unit="risk_ratio",
        assumptions=("no_interference",),
        cannot_say=("hidden_confounding",) + (("interval_crosses_null",) if crosses else ()),
    )  # fmt: skip


def _e_value(ratio):
    ratio = 1 / ratio if ratio < 1 else ratio
    return ratio + math.sqrt(ratio * (ratio - 1))
