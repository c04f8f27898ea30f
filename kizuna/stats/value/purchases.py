"""What the two purchase models share: the summary rows (frequency, recency, age) and their entrance checks."""

from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import same_length, vector
from kizuna.stats.errors import InvalidInput, NotIdentified, TooFewObservations

SMALLEST_N = 10


@dataclass(frozen=True)
class Purchases:
    """Distinct summary rows with their `weight`; times are divided by `scale` (the mean age) for the search."""

    frequency: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    weight: np.ndarray
    scale: float
    n: int
    repeaters: int

    def sample(self, size: int) -> "Purchases":
        """Return an evenly spread part of the rows, to find a start cheaply."""
        step = max(1, self.weight.size // size)
        rows = slice(None, None, step)
        return Purchases(
            self.frequency[rows],
            self.recency[rows],
            self.age[rows],
            self.weight[rows],
            self.scale,
            self.n,
            self.repeaters,
        )


def summarise(frequency, recency, age) -> Purchases:
    """Check and compress summary rows; identical rows count once with a weight."""
    frequency, recency, age = check_rows(frequency, recency, age)
    if frequency.size < SMALLEST_N:
        raise TooFewObservations(f"{frequency.size} customers; at least {SMALLEST_N} are needed")
    if age.max() == 0:
        raise InvalidInput("age: nobody was watched for any time")
    repeaters = int((frequency > 0).sum())
    if repeaters == 0:
        raise NotIdentified("frequency: nobody bought again, so the rates have no estimate")
    scale = float(age.mean())
    rows, weight = _compress(np.stack([frequency, recency / scale, age / scale]))
    return Purchases(rows[0], rows[1], rows[2], weight, scale, frequency.size, repeaters)


def check_rows(frequency, recency, age, *, empty_ok=False):
    """Return the three columns as float arrays: 0 ≤ recency ≤ age, and recency is 0 exactly without a repeat purchase."""
    frequency = vector(frequency, "frequency", low=0, whole=True, empty_ok=empty_ok)
    recency = vector(recency, "recency", low=0, empty_ok=empty_ok)
    age = vector(age, "age", low=0, empty_ok=empty_ok)
    same_length(frequency=frequency, recency=recency, age=age)
    if np.any(recency > age * (1 + 1e-12)):
        raise InvalidInput("recency: later than age")
    if np.any((frequency == 0) & (recency > 0)):
        raise InvalidInput("recency: must be 0 without a repeat purchase (it is the time of the last repeat purchase)")
    if np.any((frequency > 0) & (recency == 0)):
        raise InvalidInput("recency: must be above 0 with a repeat purchase")
    return frequency, recency, age


def customer(t, frequency, recency, age):
    """Broadcast what a prediction is asked for, checked; `t` ≥ 0."""
    t, frequency, recency, age = np.broadcast_arrays(
        *(np.asarray(item, dtype=float) for item in (t, frequency, recency, age))
    )
    check_rows(frequency.ravel(), recency.ravel(), age.ravel())
    vector(t.ravel(), "t", low=0)
    return t, frequency, recency, age


def _compress(columns):
    order = np.lexsort(columns)
    ordered = columns[:, order]
    new = np.r_[True, np.any(ordered[:, 1:] != ordered[:, :-1], axis=0)]
    starts = np.flatnonzero(new)
    return ordered[:, starts], np.diff(np.r_[starts, ordered.shape[1]]).astype(float)
