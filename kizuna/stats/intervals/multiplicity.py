"""Adjust for looking at many segments at once."""

import numpy as np

from kizuna.stats.checks import Numbers, vector


def holm(p_values: Numbers) -> np.ndarray:
    """Adjust p values so that the chance of any false alarm among them stays below the level.

    Inputs: `p_values`: (k,) floats in 0..1. Output: (k,) adjusted values in the same order; valid under any dependence.
    Assumptions: each p value is valid alone. Raises: InvalidInput, EmptyInput.
    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = vector(p_values, "p_values", low=0, high=1)
    order = np.argsort(p_values)
    scaled = p_values[order] * np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
