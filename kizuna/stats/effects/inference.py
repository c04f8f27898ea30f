"""Errors and bands of many estimates at once from their influence functions.

Pointwise: clustered variance with Student multipliers. Simultaneous: multiplier bootstrap of the largest |t| of a family.
"""

from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import normal_quantile, t_quantile
from kizuna.stats.effects.aggregation import Column
from kizuna.stats.effects.panel import Panel

ENTRIES_PER_BLOCK = 8_000_000


@dataclass(frozen=True)
class Inference:
    """Per column: standard `errors`, degrees of `freedom`, multipliers `pointwise` and `simultaneous`."""

    errors: np.ndarray
    freedom: np.ndarray
    pointwise: np.ndarray
    simultaneous: np.ndarray
    influence: np.ndarray
    units: int

    def covariance(self, columns: list[int]) -> np.ndarray:
        """Return the covariance of the estimates in these columns."""
        part = self.influence[:, columns].astype(float)
        return part.T @ part / self.units**2


def infer(
    cell_influence: np.ndarray, columns: list[Column], panel: Panel, *, draws: int, level: float, seed: int
) -> Inference:
    """Return errors and multipliers for every column. Source: Callaway & Sant'Anna 2021, algorithm 1."""
    influence = _column_influence(cell_influence, columns, panel)
    units = len(panel.joins)
    errors = np.sqrt(np.einsum("ij,ij->j", influence, influence, dtype=float)) / units
    freedom = _freedom(influence, panel)
    pointwise = np.array([t_quantile(level, max(value, 1.0)) for value in freedom])
    largest = _largest_by_family(influence, errors, units, columns, draws, level, np.random.default_rng(seed))
    simultaneous = np.maximum(np.array([largest[column.family] for column in columns]) / normal_quantile(level), 1.0)
    return Inference(errors, freedom, pointwise, pointwise * simultaneous, influence, units)


def _column_influence(cell_influence, columns, panel):
    """Return the influence by cluster of every column, the estimated weights included."""
    weights = np.stack([column.weights for column in columns], axis=1).astype(cell_influence.dtype)
    influence = cell_influence @ weights
    for index, column in enumerate(columns):
        if column.cohort_part.any():
            part = np.bincount(panel.cluster, weights=column.cohort_part[panel.joins], minlength=panel.clusters)
            influence[:, index] += part.astype(influence.dtype)
    return influence


def _freedom(influence, panel):
    """Return Satterthwaite degrees of freedom: cohorts are independent samples with their own variances."""
    present = np.unique(panel.cluster)
    cohort = np.full(panel.clusters, -1, dtype=np.int64)
    cohort[panel.cluster] = panel.joins
    if np.any(cohort[panel.cluster] != panel.joins):
        return np.full(influence.shape[1], float(max(present.size - 1, 1)))
    total, spread = np.zeros(influence.shape[1]), np.zeros(influence.shape[1])
    for group in np.unique(panel.joins):
        rows = influence[cohort == group]
        variance = np.einsum("ij,ij->j", rows, rows, dtype=float)
        total += variance
        spread += variance**2 / max(len(rows) - 1, 1)
    return np.where(spread > 0, total**2 / np.maximum(spread, 1e-300), float(max(present.size - 1, 1)))


def _largest_by_family(influence, errors, units, columns, draws, level, generator):
    """Return per family the `level` quantile of the largest bootstrapped |t|."""
    norms = (errors * units).astype(influence.dtype)
    scaled = np.divide(influence, norms, out=np.zeros_like(influence), where=norms > 0)
    families = {column.family for column in columns}
    members = {name: [i for i, column in enumerate(columns) if column.family == name and column.estimable]
               for name in families}  # fmt: skip
    block = max(1, ENTRIES_PER_BLOCK // max(len(influence), 1))
    peaks: dict[str, list[np.ndarray]] = {name: [] for name in families}
    for start in range(0, draws, block):
        signs = generator.integers(0, 2, size=(min(block, draws - start), len(influence)), dtype=np.int8)
        statistics = np.abs((2 * signs - 1).astype(influence.dtype) @ scaled)
        for name, chosen in members.items():
            peaks[name].append(statistics[:, chosen].max(axis=1) if chosen else np.zeros(len(statistics)))
    return {name: float(np.quantile(np.concatenate(peaks[name]), level)) for name in families}
