"""The form in which every number leaves: value, interval, n, method, and what was assumed.

An `Estimate` is its value in arithmetic (`round(estimate, 2)`, `estimate > 0`, `np.asarray(estimate)`), so a caller may use
it as a number and still hand the interval on. Codes come from `kizuna.stats.codes`; an unknown code is a programming error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from kizuna.stats.codes import ASSUMPTIONS, LIMITS


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimate(np.lib.mixins.NDArrayOperatorsMixin):
    """One number (or an array of them) with its interval.

    `value`, `low`, `high`: float, or arrays of one shape; `low` and `high` are None where no interval exists (a test
    statistic) and infinite where the data cannot bound the value. `n`: rows used. `assumptions`: codes of what must hold.
    `cannot_say`: codes of what the number does not show. `diagnostics`: facts for a page or a chart.
    """

    value: Any
    low: Any
    high: Any
    n: int
    method: str
    unit: str = ""
    level: float = 0.95
    standard_error: Any = None
    assumptions: tuple[str, ...] = ()
    cannot_say: tuple[str, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        unknown = set(self.assumptions) - ASSUMPTIONS.keys() | set(self.cannot_say) - LIMITS.keys()
        if unknown:
            raise KeyError(f"undeclared codes: {sorted(unknown)}")
        object.__setattr__(self, "diagnostics", MappingProxyType(dict(self.diagnostics)))

    __hash__ = object.__hash__

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype=dtype)

    def __array_ufunc__(self, ufunc, call, *inputs, **options):
        plain = [item.value if isinstance(item, Estimate) else item for item in inputs]
        return getattr(ufunc, call)(*plain, **options)

    def __float__(self):
        return float(self.value)

    def __round__(self, digits=None):
        return round(float(self.value), digits)

    def __format__(self, form):
        return format(self.value, form)

    def __len__(self):
        return len(self.value)

    def __getitem__(self, index):
        return self.value[index]

    @property
    def covers_zero(self):
        """Whether zero lies inside the interval (elementwise for arrays)."""
        return (np.asarray(self.low) <= 0) & (np.asarray(self.high) >= 0)


def plain(array: Any) -> Any:
    """Return a Python float for a 0-d array, the array itself (read-only) otherwise."""
    array = np.asarray(array, dtype=np.float64)
    if array.ndim == 0:
        return float(array)
    array.setflags(write=False)
    return array
