"""The maths of Kizuna: pure functions on arrays, no Django.

Every number comes back as an `Estimate` with interval, n, method, what was assumed and what it cannot say; every refusal is
a `StatsError` with a name. Doors: `intervals`, `survival`, `value`, `effects`, `scores`. Wording belongs to the layers above.
"""

from kizuna.stats import effects, intervals, scores, survival, value
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
