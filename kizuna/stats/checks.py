"""Entrance checks: turn what a caller hands over into clean arrays, or refuse by name.

Nothing is dropped or repaired silently: a NaN is an error here, and a caller who wants to drop rows does so in the open.
"""

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from kizuna.stats.errors import EmptyInput, InvalidInput

LARGEST_EXACT_INTEGER = 2**53
# Lists, tuples, arrays or series; the checks below decide at run time what may enter.
Numbers = Any


def vector(values, name, *, low=-math.inf, high=math.inf, whole=False, empty_ok=False):
    """Return `values` as a 1-D float array, finite and inside [low, high]."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as reason:
        raise InvalidInput(f"{name}: not numeric ({reason})") from reason
    if array.ndim != 1:
        raise InvalidInput(f"{name}: expected one dimension, got {array.ndim}")
    if array.size == 0 and not empty_ok:
        raise EmptyInput(f"{name}: empty")
    _check_range(array, name, low, high)
    if whole and np.any(array != np.floor(array)):
        raise InvalidInput(f"{name}: whole numbers only")
    return array


def matrix(values, name, *, rows):
    """Return `values` as a (rows, k) float array, finite; a vector becomes one column."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as reason:
        raise InvalidInput(f"{name}: not numeric ({reason})") from reason
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[0] != rows or array.shape[1] == 0:
        raise InvalidInput(f"{name}: expected ({rows}, k), got {array.shape}")
    _check_range(array, name, -math.inf, math.inf)
    return array


def flags(values, name):
    """Return `values` (0/1 or booleans) as a 1-D boolean array."""
    array = np.asarray(values)
    if array.dtype != np.bool_:
        array = vector(values, name)
        if not np.all((array == 0) | (array == 1)):
            raise InvalidInput(f"{name}: only 0 and 1 (or booleans) are allowed")
        array = array == 1
    if array.ndim != 1:
        raise InvalidInput(f"{name}: expected one dimension, got {array.ndim}")
    if array.size == 0:
        raise EmptyInput(f"{name}: empty")
    return array


def labels(values, name, *, length):
    """Return (codes, distinct labels) of ids of any sortable kind; missing ids are refused."""
    array = np.asarray(values)
    if array.ndim != 1 or array.size != length:
        raise InvalidInput(f"{name}: expected {length} labels, got shape {array.shape}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise InvalidInput(f"{name}: missing labels")
    if array.dtype == object and any(label is None or label != label for label in array):
        raise InvalidInput(f"{name}: missing labels")
    try:
        distinct, codes = np.unique(array, return_inverse=True)
    except TypeError as reason:
        raise InvalidInput(f"{name}: labels of mixed kinds") from reason
    return codes, distinct


def same_length(**arrays):
    """Refuse arrays of different lengths, naming them."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidInput(f"lengths differ: {lengths}")


def number(value, name, *, low=-math.inf, high=math.inf, open_ends=False):
    """Return one finite float inside [low, high], or (low, high) when `open_ends`."""
    try:
        result = float(value)
    except (TypeError, ValueError) as reason:
        raise InvalidInput(f"{name}: not a number") from reason
    inside = low < result < high if open_ends else low <= result <= high
    if not math.isfinite(result) or not inside:
        raise InvalidInput(f"{name}: {value!r} is outside {'(' if open_ends else '['}{low}, {high}")
    return result


def count(value, name, *, low=0):
    """Return one whole number of at least `low` as an int."""
    result = number(value, name, low=low, high=LARGEST_EXACT_INTEGER)
    if result != math.floor(result):
        raise InvalidInput(f"{name}: {value!r} is not a whole number")
    return int(result)


def normal_quantile(level):
    """Return the two-sided normal multiplier of a confidence level (1.96 for .95)."""
    return NormalDist().inv_cdf(0.5 + number(level, "level", low=0, high=1, open_ends=True) / 2)


def t_quantile(level, freedom):
    """Return the two-sided Student multiplier; the normal one when `freedom` is infinite."""
    share = 0.5 + number(level, "level", low=0, high=1, open_ends=True) / 2
    from scipy.stats import t  # eighty megabytes that a page with a share on it does without

    return float(t.ppf(share, freedom))


def _check_range(array, name, low, high):
    if not np.isfinite(array).all():
        raise InvalidInput(f"{name}: NaN or infinite values")
    if array.size and (array.min() < low or array.max() > high):
        raise InvalidInput(f"{name}: values outside [{low}, {high}]")
