"""Difference in differences from published means, when the rows are not at hand."""

import math
from collections.abc import Sequence

from kizuna.stats.checks import normal_quantile, number
from kizuna.stats.errors import InvalidInput
from kizuna.stats.results import Estimate


def did_from_cell_means(
    treated: Sequence[float],
    control: Sequence[float],
    *,
    change_errors: Sequence[float],
    n: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Estimate the change of the treated minus the change of the comparison from four means.

    Inputs: `treated`, `control`: (before, after) means; `change_errors`: standard errors of the two changes (treated,
    control), which carry the pairing of units; `n`: units behind them when known. Output: difference in the unit of the means.
    Assumptions: parallel trends, no anticipation, independent samples, large sample. Raises: InvalidInput.
    Source: Card & Krueger 1994, American Economic Review 84:772, table 3.

    >>> effect = did_from_cell_means((20.44, 21.03), (23.33, 21.17), change_errors=(0.54, 1.25))
    >>> round(effect.value, 2), round(effect.standard_error, 2)
    (2.75, 1.36)
    """
    pairs = [_pair(pair, name) for pair, name in ((treated, "treated"), (control, "control"))]
    errors = _pair(change_errors, "change_errors")
    if min(errors) < 0 or max(errors) == 0:
        raise InvalidInput("change_errors: must not be negative, nor both zero")
    changes = [after - before for before, after in pairs]
    value, error = changes[0] - changes[1], math.hypot(*errors)
    reach = normal_quantile(level) * error
    return Estimate(
        value=value, low=value - reach, high=value + reach, n=n, method="did_cell_means", level=level,
        standard_error=error,
        assumptions=("parallel_trends", "no_anticipation", "independent_samples", "large_sample"),
        cannot_say=("pre_trend_low_power",),
        diagnostics={"change_treated": changes[0], "change_control": changes[1]},
    )  # fmt: skip


def _pair(pair, name):
    try:
        first, second = pair
    except (TypeError, ValueError) as reason:
        raise InvalidInput(f"{name}: expected two numbers") from reason
    return number(first, name), number(second, name)
