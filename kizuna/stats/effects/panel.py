"""Long rows (unit, period, outcome) as one wide panel, and which comparisons in it are clean.

A comparison is clean when its comparison units have not joined by then. Everything else is left out with its reason.
"""

from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import labels, matrix, same_length, vector
from kizuna.stats.errors import InvalidInput, NotIdentified

NEVER_LABEL = float("inf")


@dataclass(frozen=True)
class Panel:
    """`outcome`: (units, periods), NaN where not observed; `joins`: position of the joining period, `periods.size` = never.

    `covariates`: (units, k) or None; `cluster`: (units,) codes; `dropped`: units that had joined before the first period.
    """

    outcome: np.ndarray
    periods: np.ndarray
    joins: np.ndarray
    joining_periods: np.ndarray
    covariates: np.ndarray | None
    cluster: np.ndarray
    clusters: int
    dropped: int

    @property
    def never(self) -> int:
        """The position that stands for not joining within the panel."""
        return self.periods.size


@dataclass(frozen=True)
class Comparison:
    """One group-time cell: cohort `group` at `period` against `base` (positions); `post`: at or after (anticipated) joining."""

    group: int
    period: int
    base: int
    post: bool


def build_panel(outcome, period, unit, first_treated, covariates, cluster) -> Panel:
    """Pivot the rows. Raises: InvalidInput (duplicate rows, a unit with two joining dates), NotIdentified."""
    outcome, period = vector(outcome, "outcome"), vector(period, "period")
    joined = np.asarray(first_treated, dtype=float)
    same_length(outcome=outcome, period=period, unit=np.asarray(unit), first_treated=joined)
    codes, units = labels(unit, "unit", length=outcome.size)
    periods, position = np.unique(period, return_inverse=True)
    if periods.size < 2:
        raise NotIdentified("period: at least two periods are needed")
    wide = np.full(units.size * periods.size, np.nan)
    cell = codes * periods.size + position
    wide[cell] = outcome
    if np.count_nonzero(~np.isnan(wide)) < outcome.size:
        raise InvalidInput("unit and period: more than one row for one unit and period")
    first_row = _first_rows(codes, position, periods.size, units.size)
    joins, joining = _joining(joined, codes, first_row, periods)
    known = None if covariates is None else matrix(covariates, "covariates", rows=outcome.size)[first_row]
    groups, clusters = _clusters(cluster, codes, first_row, units.size)
    keep = joins > 0
    return Panel(
        wide.reshape(units.size, periods.size)[keep], periods, joins[keep], joining,
        None if known is None else known[keep], groups[keep], clusters, int((~keep).sum()),
    )  # fmt: skip


def comparisons(panel: Panel, anticipation: int) -> list[Comparison]:
    """Return every group-time cell that the panel spans; pre cells compare with the period before (varying base)."""
    cells = []
    for group in np.unique(panel.joins[panel.joins < panel.never]):
        base = int(group) - 1 - anticipation
        for period in range(panel.periods.size):
            if period > base and base >= 0:
                cells.append(Comparison(int(group), period, base, True))
            elif 1 <= period <= base:
                cells.append(Comparison(int(group), period, period - 1, False))
            elif base < 0 and period >= group:
                cells.append(Comparison(int(group), period, -1, True))
    return cells


def comparison_units(panel: Panel, cell: Comparison, control: str, anticipation: int) -> np.ndarray:
    """Return which units may stand for the group without joining: never joined, or not joined by either period."""
    if control == "never":
        return panel.joins == panel.never
    clean = panel.joins > max(cell.period, cell.base) + anticipation
    return (clean | (panel.joins == panel.never)) & (panel.joins != cell.group)


def _first_rows(codes, position, periods, units):
    """Return per unit the row of its earliest period (covariates are read there, before joining)."""
    earliest = np.full(units, periods, dtype=np.int64)
    np.minimum.at(earliest, codes, position)
    rows = np.flatnonzero(position == earliest[codes])
    first = np.empty(units, dtype=np.int64)
    first[codes[rows]] = rows
    return first


def _joining(joined, codes, first_row, periods):
    """Return per unit the position of joining, and the joining period as given; NaN, ∞ (and 0 before all periods) = never."""
    never = np.isnan(joined) | (joined == np.inf) | (joined > periods[-1])
    if periods[0] > 0:
        never |= joined == 0
    clean = np.where(never, NEVER_LABEL, joined)
    if np.any(clean != clean[first_row][codes]):
        raise InvalidInput("first_treated: a unit has more than one joining period")
    per_unit = clean[first_row]
    positions = np.searchsorted(periods, per_unit)
    if not np.any((positions > 0) & (positions < periods.size)):
        raise NotIdentified("first_treated: nobody joined after the first period and within the panel")
    # A joining date between two periods acts from the next observed period on.
    return positions, periods


def _clusters(cluster, codes, first_row, units):
    if cluster is None:
        return np.arange(units), units
    groups, distinct = labels(cluster, "cluster", length=codes.size)
    if np.any(groups != groups[first_row][codes]):
        raise InvalidInput("cluster: a unit lies in more than one cluster")
    return groups[first_row], distinct.size
