"""The maths of Kizuna: pure functions on arrays, no Django.

Every number comes back as an `Estimate` with interval, n, method, what was assumed and what it cannot say; every refusal is
a `StatsError` with a name. Doors: `intervals`, `survival`, `value`, `effects`, `scores`. Wording belongs to the layers above.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kizuna.stats.codes import ASSUMPTIONS, LIMITS
from kizuna.stats.errors import (
    ConstantOutcome,
    CorrelatedSpend,
    EmptyInput,
    HorizonBeyondData,
    InvalidInput,
    NoOverlap,
    NotConverged,
    NotIdentified,
    PerfectSeparation,
    StatsError,
    TooFewClusters,
    TooFewObservations,
    TwoWayRefused,
    WeakAssignment,
)
from kizuna.stats.results import Estimate

if TYPE_CHECKING:
    from kizuna.stats import effects, intervals, scores, survival, value

__all__ = [
    "ASSUMPTIONS",
    "LIMITS",
    "ConstantOutcome",
    "CorrelatedSpend",
    "EmptyInput",
    "Estimate",
    "HorizonBeyondData",
    "InvalidInput",
    "NoOverlap",
    "NotConverged",
    "NotIdentified",
    "PerfectSeparation",
    "StatsError",
    "TooFewClusters",
    "TooFewObservations",
    "TwoWayRefused",
    "WeakAssignment",
    "effects",
    "intervals",
    "scores",
    "survival",
    "value",
]

_DOORS = frozenset({"effects", "intervals", "scores", "survival", "value"})


def __getattr__(name: str) -> Any:
    # Loaded when they are first used: they bring numpy's and scipy's hundred megabytes.
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
