"""Checks of a difference in differences before its effect is shown: trends before joining, and a pretended earlier joining."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats as distributions

from kizuna.stats.checks import Numbers, count, normal_quantile, same_length, vector
from kizuna.stats.effects.group_time import GroupTimeEffects, doubly_robust_did
from kizuna.stats.errors import InvalidInput, NotIdentified, TooFewClusters
from kizuna.stats.results import Estimate

SEEN_P = 0.05
CLUSTERS_PER_RESTRICTION = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class PreTrend(Estimate):
    """`value`: mean of the effects before joining (should be 0); `p_value`: joint test that all of them are 0."""

    statistic: float
    p_value: float
    degrees_of_freedom: int


def pre_trend(effects: GroupTimeEffects) -> PreTrend:
    """Test whether joiners and comparison already moved apart before joining.

    Inputs: the result of `doubly_robust_did`. Output: mean pre-joining effect with interval in the unit of the outcome, and a
    joint Wald test (F form). Not finding a difference proves little: the code says so. Assumptions: as the effects.
    Raises: InvalidInput, NotIdentified (no estimable period before joining), TooFewClusters.
    Source: Callaway & Sant'Anna 2021; Roth 2022, AER: Insights 4:305 (low power).

    >>> time, joined = [1, 2, 3] * 4, [3.0] * 6 + [float("nan")] * 6
    >>> accounts = [account for account in "ABCD" for _ in range(3)]
    >>> test = pre_trend(doubly_robust_did([1, 2, 5, 2, 4, 6, 1, 2, 2, 2, 3, 4], time, accounts, joined))
    >>> test.value, test.degrees_of_freedom
    (0.5, 1)
    """
    if not isinstance(effects, GroupTimeEffects):
        raise InvalidInput("effects: expected the result of doubly_robust_did")
    before = [row for row in effects.cells if not row.post]
    usable = [index for index, row in enumerate(before) if math.isfinite(row.standard_error) and row.standard_error > 0]
    if not usable:
        raise NotIdentified("no period before joining can be compared")
    values = np.array([before[index].value for index in usable])
    covariance = effects.pre_covariance[np.ix_(usable, usable)]
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if effects.clusters <= max(CLUSTERS_PER_RESTRICTION * rank, rank + 1):
        raise TooFewClusters(f"{effects.clusters} clusters for {rank} restrictions")
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values)
    freedom = effects.clusters - rank
    p_value = float(distributions.f.sf(statistic / rank * freedom / max(effects.clusters - 1, 1), rank, freedom))
    error = math.sqrt(float(covariance.sum())) / len(usable)
    mean, reach = float(values.mean()), normal_quantile(effects.level) * error
    return PreTrend(
        value=mean, low=mean - reach, high=mean + reach, n=effects.n, method="pre_trend_wald", level=effects.level,
        standard_error=error, assumptions=effects.assumptions,
        cannot_say=("pre_trend_low_power",) + (("pre_trend_seen",) if p_value < SEEN_P else ()),
        diagnostics={"largest_t": float(np.max(np.abs(values) / np.sqrt(np.diag(covariance)))), "cells": len(usable)},
        statistic=statistic, p_value=p_value, degrees_of_freedom=rank,
    )  # fmt: skip


def placebo(
    outcome: Numbers, period: Numbers, unit: Numbers, first_treated: Numbers, *, earlier: int = 1, **options: Any
) -> GroupTimeEffects:
    """Pretend that everybody joined `earlier` observed periods before they did, using only rows from before joining.

    Inputs: as `doubly_robust_did` (its `options` are handed on); `earlier` ≥ 1. Output: effects of a joining that did not
    happen; an interval away from 0 speaks against the design. Rows at or after the true joining are left out.
    Assumptions: as `doubly_robust_did`. Raises: as `doubly_robust_did`; NotIdentified when too few periods precede joining.
    Source: Abadie, Diamond & Hainmueller 2010, JASA 105:493 (placebo in time).

    >>> time, joined = [1, 2, 3] * 4, [3.0] * 6 + [float("nan")] * 6
    >>> accounts = [account for account in "ABCD" for _ in range(3)]
    >>> placebo([1, 2, 5, 2, 4, 6, 1, 2, 2, 2, 3, 4], time, accounts, joined).value
    0.5
    """
    outcome, period = vector(outcome, "outcome"), vector(period, "period")
    unit, joined = np.asarray(unit), np.asarray(first_treated, dtype=float)
    same_length(outcome=outcome, period=period, unit=unit, first_treated=joined)
    periods = np.unique(period)
    shift = count(earlier, "earlier", low=1)
    never = np.isnan(joined) | np.isinf(joined) | (joined > periods[-1]) | ((joined == 0) & (periods[0] > 0))
    position = np.searchsorted(periods, np.where(never, periods[-1], joined))
    pretended = np.where(never, np.inf, periods[np.maximum(position - shift, 0)])
    rows = never | (period < joined)
    if not rows.any():
        raise NotIdentified("no rows from before joining")
    for name in ("covariates", "cluster"):
        if options.get(name) is not None:
            options[name] = np.asarray(options[name])[rows]
    return doubly_robust_did(outcome[rows], period[rows], unit[rows], pretended[rows], **options)
