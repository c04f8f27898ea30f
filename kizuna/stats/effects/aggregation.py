"""Sum group-time effects to an event study, to cohorts and to one number, keeping the uncertainty of the weights."""

from dataclasses import dataclass

import numpy as np

from kizuna.stats.effects.panel import Comparison, Panel


@dataclass(frozen=True)
class Column:
    """One reported number: weights over the cells (k,), and what estimating the weights adds per cohort (periods + 1,)."""

    family: str
    value: float
    weights: np.ndarray
    cohort_part: np.ndarray
    group: float | None
    period: float | None
    event_time: float | None
    post: bool
    estimable: bool
    n_treated: int


def aggregates(kept: list[Comparison], effects: np.ndarray, estimable: np.ndarray, panel: Panel) -> list[Column]:
    """Return the cells, the event study, the cohorts and the overall effect (last), as weights over the cells.

    Cells whose uncertainty is not estimable (a single unit on a side) enter a sum only when it has no other.
    """
    sizes = np.bincount(panel.joins, minlength=panel.never + 1).astype(float)
    columns = [_cell(index, kept, effects, estimable, panel, sizes) for index in range(len(kept))]
    times = np.array([panel.periods[cell.period] - panel.periods[cell.group] for cell in kept])
    groups = np.array([cell.group for cell in kept])
    post = np.array([cell.post for cell in kept])
    for time in np.unique(times):
        chosen = _usable(times == time, estimable)
        columns.append(_sum("event", chosen, groups, effects, estimable, sizes, event_time=float(time),
                            post=bool(post[chosen].all())))  # fmt: skip
    for group in np.unique(groups[post]):
        chosen = _usable((groups == group) & post, estimable)
        columns.append(_sum("group", chosen, groups, effects, estimable, sizes, group=float(panel.periods[group])))
    columns.append(_sum("overall", _usable(post, estimable), groups, effects, estimable, sizes))
    return columns


def _usable(chosen, estimable):
    return chosen & estimable if np.any(chosen & estimable) else chosen


def _cell(index, kept, effects, estimable, panel, sizes):
    cell = kept[index]
    weights = np.zeros(len(kept))
    weights[index] = 1.0
    return Column(
        family="cell", value=float(effects[index]), weights=weights, cohort_part=np.zeros(sizes.size),
        group=float(panel.periods[cell.group]), period=float(panel.periods[cell.period]),
        event_time=float(panel.periods[cell.period] - panel.periods[cell.group]), post=cell.post,
        estimable=bool(estimable[index]), n_treated=int(sizes[cell.group]),
    )  # fmt: skip


def _sum(family, chosen, groups, effects, estimable, sizes, *, group=None, event_time=None, post=True):
    """Weight the chosen cells by cohort size. Source: Callaway & Sant'Anna 2021, section 3."""
    shares = sizes / sizes.sum()
    mass = np.where(chosen, shares[groups], 0.0)
    total = mass.sum()
    weights = mass / total
    # d(weight)/d(cohort share), times (1{unit in cohort} − share) per unit: depends on the cohort of the unit only.
    pull = np.bincount(groups, weights=np.where(chosen, effects, 0.0), minlength=sizes.size) / total
    pull -= np.bincount(groups, weights=chosen.astype(float), minlength=sizes.size) * (weights @ effects) / total
    return Column(
        family=family, value=float(weights @ effects), weights=weights, cohort_part=pull - pull @ shares, group=group,
        period=None, event_time=event_time, post=post, estimable=bool(np.all(estimable[chosen])),
        n_treated=int(sizes[np.unique(groups[chosen])].sum()),
    )  # fmt: skip
