"""Means whose rows come in clusters (several answers of one account).

Clusters, not rows, are the independent draws. The analytic interval uses the CR2 variance with Satterthwaite degrees of
freedom; the bootstrap resamples whole clusters and studentises.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kizuna.stats.checks import Numbers, count, labels, t_quantile, vector
from kizuna.stats.errors import ConstantOutcome, InvalidInput, TooFewClusters, TooFewObservations
from kizuna.stats.results import Estimate

SMALLEST_CLUSTERS = 5
SMALLEST_BOOTSTRAP_CLUSTERS = 10
FEW_CLUSTERS = 20
UNEVEN_SHARE = 0.5
DRAWS_PER_BLOCK = 64


def mean(values: Numbers, cluster: Numbers | None = None, *, level: float = 0.95) -> Estimate:
    """Estimate a mean with a Student interval, clustered when `cluster` is given.

    Inputs: `values`: (n,) floats; `cluster`: (n,) ids or None (each row its own cluster). Output in the unit of `values`.
    Assumptions: independent rows, or independent clusters (supported from 5).
    Raises: InvalidInput, EmptyInput, TooFewObservations, TooFewClusters, ConstantOutcome.
    Source: Student 1908; Bell & McCaffrey 2002, Survey Methodology 28.

    >>> effort = mean([5, 6, 7, 6])
    >>> effort.value, round(effort.low, 2), round(effort.high, 2)
    (6.0, 4.7, 7.3)
    """
    values = vector(values, "values")
    if cluster is None:
        if values.size < 2:
            raise TooFewObservations("values: a mean of one row has no interval")
        part = _ratio_interval(values, np.ones(values.size), level)
    else:
        part = clustered_ratio(values, cluster, level=level)
    if part["standard_error"] == 0:
        raise ConstantOutcome("values: all equal, which says nothing about how far off their mean is")
    few = ("few_observations",) if cluster is None and values.size < FEW_CLUSTERS else ()
    return Estimate(
        value=part["value"], low=part["low"], high=part["high"], n=values.size, level=level,
        method="student" if cluster is None else "cluster_cr2", standard_error=part["standard_error"],
        assumptions=("independent_rows" if cluster is None else "independent_clusters", "random_sample"),
        cannot_say=few if cluster is None else part["cannot_say"],
        diagnostics={"clusters": part["clusters"], "degrees_of_freedom": part["freedom"]},
    )  # fmt: skip


def cluster_bootstrap(
    values: Numbers,
    cluster: Numbers,
    *,
    statistic: str | Callable[[np.ndarray], float] = "mean",
    draws: int = 2000,
    level: float = 0.95,
    seed: int = 1,
) -> Estimate:
    """Estimate a statistic by resampling whole clusters.

    Inputs: `values`: (n,) floats (answers 0..10 for "nps"); `cluster`: (n,) ids; `statistic`: "mean", "nps", or a function
    of a 1-D array of resampled rows. Output: estimate in its unit; "mean" and "nps" get a studentised interval, a function a
    percentile interval. Assumptions: independent clusters; supported from 10. The same seed gives the same limits.
    Raises: InvalidInput, EmptyInput, TooFewClusters, ConstantOutcome.
    Source: Cameron, Gelbach & Miller 2008, REStat 90:414; Efron & Tibshirani 1993, section 12.5.

    >>> answers, account = [10, 10, 9, 3, 3, 8, 9, 7, 5, 10, 9, 10], [1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]
    >>> cluster_bootstrap(answers, account, statistic="nps", draws=200).value
    33.333333333333336
    """
    if statistic == "nps":
        values = vector(values, "values", low=0, high=10, whole=True)
        values, bounds, unit = 100.0 * (values >= 9) - 100.0 * (values <= 6), (-100.0, 100.0), "nps_points"
    else:
        values, bounds, unit = vector(values, "values"), (-math.inf, math.inf), ""
    codes, distinct = labels(cluster, "cluster", length=values.size)
    if distinct.size < SMALLEST_BOOTSTRAP_CLUSTERS:
        raise TooFewClusters(f"{distinct.size} clusters; the bootstrap needs {SMALLEST_BOOTSTRAP_CLUSTERS}")
    draws, generator = count(draws, "draws", low=100), np.random.default_rng(seed)
    if callable(statistic):
        part = _percentile(values, codes, distinct.size, statistic, draws, level, generator)
    elif statistic in {"mean", "nps"}:
        part = _studentised(values, codes, distinct.size, draws, level, generator)
    else:
        raise InvalidInput(f"statistic: {statistic!r}")
    return _bootstrap_estimate(part, bounds, unit, values.size, distinct.size, level, draws)


def clustered_ratio(values: np.ndarray, cluster: Numbers, *, level: float) -> dict[str, Any]:
    """Return value, limits and degrees of freedom of a row mean whose rows come in clusters (a dict, for callers here)."""
    codes, distinct = labels(cluster, "cluster", length=values.size)
    if distinct.size < SMALLEST_CLUSTERS:
        raise TooFewClusters(f"{distinct.size} clusters; at least {SMALLEST_CLUSTERS} are needed")
    totals = np.bincount(codes, weights=values, minlength=distinct.size)
    sizes = np.bincount(codes, minlength=distinct.size).astype(float)
    return _ratio_interval(totals, sizes, level)


def cluster_variance(residual_sums: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Return (variance, degrees of freedom) of a mean from per-cluster sums of residuals and cluster sizes.

    CR2 for a model with an intercept only has the closed form used here: A_g = (1 − n_g/n)^(-1/2).
    """
    share = sizes / sizes.sum()
    if share.max() >= 1:
        raise TooFewClusters("one cluster holds every row")
    variance = float(np.sum(residual_sums**2 / (1 - share)) / sizes.sum() ** 2)
    spread = share**2 / (1 - share)
    freedom = 1 / (np.sum(share**2) + spread.sum() ** 2 - np.sum(spread**2))
    return variance, float(freedom)


def _ratio_interval(totals, sizes, level):
    value = float(totals.sum() / sizes.sum())
    variance, freedom = cluster_variance(totals - value * sizes, sizes)
    error = math.sqrt(variance)
    if error <= 1e-12 * max(abs(value), 1e-300):
        error = 0.0
    reach = t_quantile(level, freedom) * error
    limits: tuple[str, ...] = ("few_clusters",) if totals.size < FEW_CLUSTERS else ()
    if freedom < UNEVEN_SHARE * (totals.size - 1):
        limits += ("uneven_clusters",)
    return {"value": value, "low": value - reach, "high": value + reach, "standard_error": error,
            "freedom": freedom, "clusters": totals.size, "cannot_say": limits}  # fmt: skip


def _studentised(values, codes, clusters, draws, level, generator):
    totals = np.bincount(codes, weights=values, minlength=clusters)
    sizes = np.bincount(codes, minlength=clusters).astype(float)
    value = float(totals.sum() / sizes.sum())
    residuals = totals - value * sizes
    error = math.sqrt(clusters / (clusters - 1) * np.sum(residuals**2)) / sizes.sum()
    if error <= 1e-12 * max(abs(value), 1e-300):
        raise ConstantOutcome("values: no cluster differs from another; for NPS use nps_clustered")
    sums = _resampled_sums(residuals, sizes, draws, generator)
    shift = sums[:, 0] / sums[:, 1]
    squares = sums[:, 2] - 2 * shift * sums[:, 3] + shift**2 * sums[:, 4]
    drawn_error = np.sqrt(np.maximum(squares, 0) * clusters / (clusters - 1)) / sums[:, 1]
    stable = drawn_error > 1e-9 * error
    pivots = shift[stable] / drawn_error[stable]
    lower, upper = np.quantile(pivots, [(1 - level) / 2, (1 + level) / 2])
    unstable = 1 - float(stable.mean())
    return {"value": value, "low": value - upper * error, "high": value - lower * error, "error": error,
            "unstable": unstable, "method": "cluster_bootstrap_t",
            "cannot_say": ("unstable_draws",) if unstable > 0.01 else ()}  # fmt: skip


def _resampled_sums(residuals, sizes, draws, generator):
    """Return per draw the sums of residual, size, residual², residual·size and size² over the resampled clusters."""
    pairs = np.stack([np.round(residuals, 9), sizes], axis=1)
    if len(residuals) > 2000:
        patterns, first, multiplicity = _distinct_rows(pairs)
    else:
        patterns, first, multiplicity = pairs, np.arange(len(residuals)), np.ones(len(residuals))
    residual, size = residuals[first], sizes[first]
    moments = np.stack([residual, size, residual**2, residual * size, size**2], axis=1)
    if len(patterns) > 20_000:
        return _index_sums(residuals, sizes, draws, generator)
    result = np.empty((draws, 5))
    shares = multiplicity / multiplicity.sum()
    for start in range(0, draws, DRAWS_PER_BLOCK):
        block = min(DRAWS_PER_BLOCK, draws - start)
        result[start : start + block] = generator.multinomial(len(residuals), shares, size=block) @ moments
    return result


def _distinct_rows(pairs):
    order = np.lexsort((pairs[:, 0], pairs[:, 1]))
    ordered = pairs[order]
    starts = np.flatnonzero(np.r_[True, np.any(ordered[1:] != ordered[:-1], axis=1)])
    return ordered[starts], order[starts], np.diff(np.r_[starts, len(pairs)])


def _index_sums(residuals, sizes, draws, generator):
    moments = np.stack([residuals, sizes, residuals**2, residuals * sizes, sizes**2], axis=1)
    result = np.empty((draws, 5))
    for draw in range(draws):
        weights = np.bincount(generator.integers(len(residuals), size=len(residuals)), minlength=len(residuals))
        result[draw] = weights @ moments
    return result


def _percentile(values, codes, clusters, statistic, draws, level, generator):
    order = np.argsort(codes, kind="stable")
    rows = np.split(values[order], np.cumsum(np.bincount(codes, minlength=clusters))[:-1])
    drawn = np.array([
        statistic(np.concatenate([rows[index] for index in generator.integers(clusters, size=clusters)]))
        for _ in range(draws)
    ])  # fmt: skip
    if not np.isfinite(drawn).all():
        raise InvalidInput("statistic: returned NaN or infinite values on a resample")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return {"value": float(statistic(values)), "low": float(low), "high": float(high), "error": float(drawn.std(ddof=1)),
            "unstable": 0.0, "method": "cluster_bootstrap_percentile", "cannot_say": ("percentile_interval",)}  # fmt: skip


def _bootstrap_estimate(part, bounds, unit, n, clusters, level, draws):
    few = ("few_clusters",) if clusters < FEW_CLUSTERS else ()
    return Estimate(
        value=part["value"], low=max(bounds[0], float(part["low"])), high=min(bounds[1], float(part["high"])), n=n,
        method=part["method"], unit=unit, level=level, standard_error=part["error"],
        assumptions=("independent_clusters", "random_sample"),
        cannot_say=("non_response", *part["cannot_say"], *few),
        diagnostics={"clusters": clusters, "draws": draws, "unstable_share": part["unstable"]},
    )  # fmt: skip
