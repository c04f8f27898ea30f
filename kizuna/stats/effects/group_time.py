"""Group-time effects of joining at different times (Callaway & Sant'Anna).

Each cohort is compared only with units that have not joined by then. Two-way fixed effects are refused: under staggered
joining they subtract effects of earlier joiners and can return the wrong sign where every true effect is positive.
"""

import math
from dataclasses import dataclass

import numpy as np

from kizuna.stats.checks import Numbers, count
from kizuna.stats.effects.aggregation import Column, aggregates
from kizuna.stats.effects.doubly_robust import PropensityFit, doubly_robust_effect, fit_propensity, plain_effect
from kizuna.stats.effects.inference import Inference, infer
from kizuna.stats.effects.panel import Comparison, Panel, build_panel, comparison_units, comparisons
from kizuna.stats.errors import InvalidInput, NotIdentified, StatsError, TwoWayRefused
from kizuna.stats.results import Estimate

SINGLE_PRECISION_ENTRIES = 20_000_000
ASSUMED = ("parallel_trends", "no_anticipation", "joining_is_lasting", "no_interference", "independent_clusters")


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupTimeRow(Estimate):
    """One row of a forest: `low`, `high` hold alone, `band_low`, `band_high` hold for all rows of its family together.

    `group`: joining period of the cohort, `period`, `event_time` (period minus group); None where summed over.
    """

    group: float | None
    period: float | None
    event_time: float | None
    post: bool
    band_low: float
    band_high: float
    n_treated: int


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupTimeEffects(Estimate):
    """`value`: mean effect on those who joined, over their periods after joining, weighted by cohort size.

    `cells`: one row per cohort and period (before joining: placebo rows); `event_study`, `by_group`: sums of them;
    `not_identified`: (group, period, reason) of cells without a clean comparison. `pre_covariance`: of the pre rows.
    """

    cells: tuple[GroupTimeRow, ...]
    event_study: tuple[GroupTimeRow, ...]
    by_group: tuple[GroupTimeRow, ...]
    not_identified: tuple[tuple[float, float, str], ...]
    pre_covariance: np.ndarray
    clusters: int

    def att(self, group: float, period: float) -> GroupTimeRow:
        """Return the effect on the cohort that joined at `group`, in `period`. Raises: NotIdentified."""
        for row in self.cells:
            if row.group == group and row.period == period:
                return row
        reasons = [reason for cohort, time, reason in self.not_identified if (cohort, time) == (group, period)]
        raise NotIdentified(f"ATT({group}, {period}): {reasons[0] if reasons else 'not among the cells'}")


@dataclass(frozen=True)
class _Cells:
    """What was computed: kept comparisons, effects, influence by cluster (clusters, k), sizes, and what was left out."""

    kept: list[Comparison]
    effects: np.ndarray
    influence: np.ndarray
    treated: list[int]
    estimable: np.ndarray
    left_out: tuple[tuple[float, float, str], ...]


def doubly_robust_did(
    outcome: Numbers,
    period: Numbers,
    unit: Numbers,
    first_treated: Numbers,
    *,
    covariates: Numbers | None = None,
    control: str = "not_yet",
    cluster: Numbers | None = None,
    anticipation: int = 0,
    draws: int = 999,
    level: float = 0.95,
    seed: int = 1,
    estimator: str = "doubly_robust",
) -> GroupTimeEffects:
    """Estimate what joining did to those who joined, by cohort and period.

    Inputs, one row per unit and period, each (n,): `outcome`; `period`: numbers; `unit`: account ids; `first_treated`: period of
    joining, NaN, ∞ (or 0 where all periods are later) for never; `covariates`: (n, k), read at the unit's first period;
    `control`: "not_yet" (never joined or not yet) or "never"; `cluster`: ids above the unit; `anticipation`: periods before
    joining that may already react. Output in the unit of `outcome`; multiplier bootstrap for the simultaneous bands.
    Assumptions: parallel trends (given covariates), no anticipation, joining lasts. Missing rows leave their cells only.
    Raises: InvalidInput, EmptyInput, NotIdentified (no clean comparison), TwoWayRefused.
    Source: Callaway & Sant'Anna 2021, Journal of Econometrics 225:200; Goodman-Bacon 2021 on two-way fixed effects.

    >>> joined = doubly_robust_did([0, 1, 4, 0, 0, 1], [1, 2, 3] * 2, [*"AAABBB"], [2, 2, 2, 3, 3, 3], draws=100)
    >>> joined.att(2, 2).value, joined.not_identified[0]
    (1.0, (2.0, 3.0, 'no_comparison_units'))
    """
    _check_options(control, estimator)
    anticipation, draws = count(anticipation, "anticipation"), count(draws, "draws", low=100)
    panel = build_panel(outcome, period, unit, first_treated, covariates, cluster)
    cells = _compute(panel, control, anticipation)
    columns = aggregates(cells.kept, cells.effects, cells.estimable, panel)
    inference = infer(cells.influence, columns, panel, draws=draws, level=level, seed=seed)
    return _result(panel, cells, columns, inference, level, {"control": control, "draws": draws})


def _check_options(control, estimator):
    if estimator == "two_way_fixed_effects":
        raise TwoWayRefused(
            "two-way fixed effects mix up earlier and later joiners; use the doubly robust group-time effects"
        )
    if estimator != "doubly_robust":
        raise InvalidInput(f"estimator: {estimator!r}")
    if control not in {"not_yet", "never"}:
        raise InvalidInput(f"control: {control!r}")


def _compute(panel: Panel, control: str, anticipation: int) -> _Cells:
    fits: dict[tuple[int, bytes], PropensityFit] = {}
    kept, effects, columns, treated, estimable, left_out = [], [], [], [], [], []
    for cell in comparisons(panel, anticipation):
        try:
            effect, influence, sizes = _one_cell(panel, cell, control, anticipation, fits)
        except StatsError as refusal:
            reason = refusal.args[0] if isinstance(refusal, NotIdentified) else refusal.code
            left_out.append((float(panel.periods[cell.group]), float(panel.periods[cell.period]), reason))
            continue
        kept.append(cell)
        effects.append(effect)
        columns.append(influence)
        treated.append(sizes[0])
        estimable.append(min(sizes[1:]) >= 2)
    if not any(cell.post for cell in kept):
        raise NotIdentified(f"no clean comparison exists: {sorted({reason for *_, reason in left_out})}")
    return _Cells(kept, np.array(effects), np.stack(columns, axis=1), treated, np.array(estimable), tuple(left_out))


def _one_cell(panel, cell, control, anticipation, fits):
    if cell.base < 0:
        raise NotIdentified("no_base_period")
    change = panel.outcome[:, cell.period] - panel.outcome[:, cell.base]
    seen = ~np.isnan(change)
    group = (panel.joins == cell.group) & seen
    comparison = comparison_units(panel, cell, control, anticipation) & seen
    if not group.any() or not comparison.any():
        raise NotIdentified("no_comparison_units" if group.any() else "group_not_observed")
    rows = np.flatnonzero(group | comparison)
    treated = group[rows]
    if panel.covariates is None:
        effect, influence = plain_effect(change[rows], treated)
    else:
        key = (cell.group, rows.tobytes())
        if key not in fits:
            fits[key] = fit_propensity(panel.covariates[rows], treated)
        effect, influence = doubly_robust_effect(change[rows], treated, fits[key])
    sizes = _independent_units(panel, rows, treated)
    factor = np.sqrt(np.array(sizes) / np.maximum(np.array(sizes) - 1, 1))
    influence = influence * np.where(treated, factor[0], factor[1]) * (len(panel.joins) / rows.size)
    by_cluster = np.bincount(panel.cluster[rows], weights=influence, minlength=panel.clusters)
    single = panel.clusters * panel.periods.size**2 > SINGLE_PRECISION_ENTRIES
    return effect, by_cluster.astype(np.float32) if single else by_cluster, (int(treated.sum()), *sizes)


def _independent_units(panel, rows, treated):
    """Return how many clusters stand on each side."""
    if panel.clusters == panel.cluster.size + panel.dropped:
        return int(treated.sum()), int((~treated).sum())
    return tuple(
        int(np.count_nonzero(np.bincount(panel.cluster[rows[side]], minlength=panel.clusters)))
        for side in (treated, ~treated)
    )


def _result(panel, cells, columns, inference, level, options) -> GroupTimeEffects:
    rows = [_row(column, inference, index, panel, level) for index, column in enumerate(columns)]
    families = {family: tuple(row for row, column in zip(rows, columns, strict=True) if column.family == family)
                for family in ("cell", "event", "group", "overall")}  # fmt: skip
    overall = families["overall"][0]
    pre = [index for index, column in enumerate(columns) if column.family == "cell" and not column.post]
    limits = ("pre_trend_low_power",) + (("not_identified_cells",) if cells.left_out else ())
    return GroupTimeEffects(
        value=overall.value, low=overall.low, high=overall.high, n=len(panel.joins), method="doubly_robust_group_time",
        level=level, standard_error=overall.standard_error, assumptions=ASSUMED,
        cannot_say=limits + overall.cannot_say,
        diagnostics={
            **options, "units_dropped_joined_before": panel.dropped, "cells": len(families["cell"]),
            "cells_not_identified": len(cells.left_out), "never_joined": int((panel.joins == panel.never).sum()),
            "degrees_of_freedom": float(inference.freedom[-1]),
        },
        cells=families["cell"], event_study=families["event"], by_group=families["group"], not_identified=cells.left_out,
        pre_covariance=inference.covariance(pre), clusters=int(np.unique(panel.cluster).size),
    )  # fmt: skip


def _row(column: Column, inference: Inference, index: int, panel: Panel, level: float) -> GroupTimeRow:
    error = float(inference.errors[index]) if column.estimable else math.inf
    reach = error * inference.pointwise[index] if column.estimable else math.inf
    band = error * inference.simultaneous[index] if column.estimable else math.inf
    return GroupTimeRow(
        value=column.value, low=column.value - reach, high=column.value + reach, n=len(panel.joins),
        method="doubly_robust_group_time", level=level, standard_error=error, assumptions=ASSUMED,
        cannot_say=() if column.estimable else ("interval_not_estimable",), group=column.group, period=column.period,
        event_time=column.event_time, post=column.post, band_low=column.value - band, band_high=column.value + band,
        n_treated=column.n_treated,
    )  # fmt: skip
