"""Differences between two arms: plain, adjusted by what was known before (CUPED), clustered, and per participant."""

import math

import numpy as np
from scipy import stats as distributions

from kizuna.stats.checks import Numbers, flags, labels, matrix, number, same_length, t_quantile, vector
from kizuna.stats.errors import ConstantOutcome, NotIdentified, TooFewClusters, TooFewObservations, WeakAssignment
from kizuna.stats.intervals.clusters import cluster_variance
from kizuna.stats.results import Estimate

SMALLEST_CLUSTERS_PER_ARM = 3
FEW_CLUSTERS = 20
UNBALANCED_P = 0.001


def difference_in_means(
    outcome: Numbers,
    treated: Numbers,
    *,
    before: Numbers | None = None,
    cluster: Numbers | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate mean outcome of the treated minus mean outcome of the others.

    Inputs: `outcome`: (n,) floats; `treated`: (n,) 0/1; `before`: (n,) or (n, k) measured before assignment, used to remove
    noise (CUPED); `cluster`: (n,) account ids. Output: difference in the unit of `outcome`; Welch degrees of freedom, with
    clusters CR2 and Satterthwaite. Assumptions: independent rows (or clusters); an effect only if assigned at random.
    Raises: InvalidInput, EmptyInput, NotIdentified (an arm is empty), TooFewObservations, TooFewClusters, ConstantOutcome.
    Source: Welch 1947, Biometrika 34; Deng, Xu, Kohavi & Walker 2013 (CUPED); Bell & McCaffrey 2002.

    >>> effect = difference_in_means([3, 5, 4, 6, 9, 8, 7, 10], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> effect.value, round(effect.standard_error, 4), round(effect.low, 2)
    (4.0, 0.9129, 1.77)
    """
    outcome, treated = vector(outcome, "outcome"), flags(treated, "treated")
    same_length(outcome=outcome, treated=treated)
    adjusted, removed = _without_noise(outcome, treated, before)
    difference, covariance, part = _two_arms(adjusted[:, None], treated, cluster, removed["columns"])
    error = math.sqrt(covariance[0, 0])
    if error <= 1e-12 * max(float(np.abs(outcome).max()), 1e-300):
        raise ConstantOutcome("outcome: does not vary inside the arms; for shares use intervals.newcombe")
    reach = t_quantile(level, part["freedom"]) * error
    value = float(difference[0])
    return Estimate(
        value=value, low=value - reach, high=value + reach, n=outcome.size, method=part["method"], level=level,
        standard_error=error, assumptions=(part["assumes"], "random_assignment", "no_interference"),
        cannot_say=part["cannot_say"],
        diagnostics={
            "degrees_of_freedom": part["freedom"], "p_value": _two_sided(value / error, part["freedom"]),
            "mean_treated": float(outcome[treated].mean()), "mean_control": float(outcome[~treated].mean()),
            "n_treated": int(treated.sum()), "n_control": int((~treated).sum()),
            "clusters": part["clusters"], "variance_removed": removed["share"],
        },
    )  # fmt: skip


def intention_to_treat(
    outcome: Numbers,
    assigned: Numbers,
    *,
    before: Numbers | None = None,
    cluster: Numbers | None = None,
    planned_share: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the effect of being invited, whether or not the invitation was taken.

    Inputs: `assigned`: (n,) 0/1 as drawn; `planned_share`: share planned for arm 1, to check the draw; the rest as in
    `difference_in_means`. Output: difference in the unit of `outcome`; the diagnostics hold the sample-ratio p value.
    Assumptions: random assignment, no interference. Raises: as `difference_in_means`.
    Source: Hollis & Campbell 1999, BMJ 319:670; Fabijan et al. 2019 (sample ratio mismatch).

    >>> round(intention_to_treat([3, 5, 4, 6, 9, 8, 7, 10], [0, 0, 0, 0, 1, 1, 1, 1], planned_share=0.5).value, 1)
    4.0
    """
    effect = difference_in_means(outcome, assigned, before=before, cluster=cluster, level=level)
    facts, limits = dict(effect.diagnostics), effect.cannot_say
    if planned_share is not None:
        planned = number(planned_share, "planned_share", low=0, high=1, open_ends=True)
        facts["sample_ratio_p_value"] = float(distributions.binomtest(facts["n_treated"], effect.n, planned).pvalue)
        limits += ("unbalanced_assignment",) if facts["sample_ratio_p_value"] < UNBALANCED_P else ()
    return Estimate(
        value=effect.value, low=effect.low, high=effect.high, n=effect.n, method=f"intention_to_treat_{effect.method}",
        level=level, standard_error=effect.standard_error, assumptions=effect.assumptions, cannot_say=limits,
        diagnostics=facts,
    )  # fmt: skip


def complier_effect(
    outcome: Numbers,
    assigned: Numbers,
    took_part: Numbers,
    *,
    cluster: Numbers | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the effect of taking part on those who take part because they were assigned to.

    Inputs: `outcome`: (n,) floats; `assigned`, `took_part`: (n,) 0/1; `cluster`: (n,) ids. Output: difference in the unit of
    `outcome` with Fieller's (Anderson-Rubin) interval, valid for weak assignment too; refused when that is unbounded.
    Assumptions: random assignment, exclusion, no defiers, no interference.
    Raises: as `difference_in_means`, and WeakAssignment. Source: Imbens & Angrist 1994; Fieller 1954, JRSS B 16.

    >>> effect = complier_effect([1, 2, 3, 2, 5, 6, 2, 7], [0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 0, 1])
    >>> effect.value, effect.diagnostics["compliance"]
    (4.0, 0.75)
    """
    outcome, assigned, took_part = (
        vector(outcome, "outcome"),
        flags(assigned, "assigned"),
        flags(took_part, "took_part"),
    )
    same_length(outcome=outcome, assigned=assigned, took_part=took_part)
    if np.ptp(outcome) == 0:
        raise ConstantOutcome("outcome: does not vary")
    difference, covariance, part = _two_arms(np.stack([outcome, took_part], axis=1), assigned, cluster, 0)
    low, high = _fieller(difference, covariance, t_quantile(level, part["freedom"]))
    value = float(difference[0] / difference[1])
    slope = np.array([1.0, -value]) / difference[1]
    return Estimate(
        value=value, low=low, high=high, n=outcome.size, method="complier_fieller", level=level,
        standard_error=math.sqrt(max(float(slope @ covariance @ slope), 0.0)),
        assumptions=(part["assumes"], "random_assignment", "exclusion", "no_defiers", "no_interference"),
        cannot_say=("takers_only", *part["cannot_say"]),
        diagnostics={"compliance": float(difference[1]), "intention_to_treat": float(difference[0]),
                     "always_takers": float(took_part[~assigned].mean()), "degrees_of_freedom": part["freedom"]},
    )  # fmt: skip


def _without_noise(outcome, treated, before):
    """Subtract what `before` explains inside the arms; the same slope in both, so that the difference stays unbiased."""
    if before is None:
        return outcome, {"share": 0.0, "columns": 0}
    known = matrix(before, "before", rows=outcome.size)
    centred_known, centred_outcome = known.astype(float).copy(), outcome.copy()
    for arm in (treated, ~treated):
        if arm.any():
            centred_known[arm] -= known[arm].mean(axis=0)
            centred_outcome[arm] -= outcome[arm].mean()
    slope, *_ = np.linalg.lstsq(centred_known, centred_outcome, rcond=None)
    total = float(centred_outcome @ centred_outcome)
    left = float(np.sum((centred_outcome - centred_known @ slope) ** 2))
    share = 1 - left / total if total > 0 else 0.0
    return outcome - (known - known.mean(axis=0)) @ slope, {"share": share, "columns": known.shape[1]}


def _two_arms(columns, treated, cluster, spent):
    """Return (difference of means, its covariance, description) for the columns; `spent`: degrees of freedom used up."""
    if treated.all() or not treated.any():
        raise NotIdentified("treated: both arms are needed")
    difference = columns[treated].mean(axis=0) - columns[~treated].mean(axis=0)
    if cluster is None:
        return difference, *_independent(columns, treated, spent)
    codes, distinct = labels(cluster, "cluster", length=treated.size)
    per_arm = [np.unique(codes[arm]) for arm in (treated, ~treated)]
    if sum(arm.size for arm in per_arm) == distinct.size:
        return difference, *_whole_clusters(columns, treated, codes, per_arm, spent)
    return difference, *_shared_clusters(columns, treated, codes, distinct.size, spent)


def _independent(columns, treated, spent):
    parts = []
    for arm in (treated, ~treated):
        size = int(arm.sum())
        if size - spent < 2:
            raise TooFewObservations(f"an arm has {size} rows")
        parts.append((np.atleast_2d(np.cov(columns[arm], rowvar=False)) / size, size - 1))
    covariance, freedom = _combined(parts, spent)
    return covariance, {"freedom": freedom, "clusters": None, "method": "welch", "assumes": "independent_rows",
                        "cannot_say": ()}  # fmt: skip


def _whole_clusters(columns, treated, codes, per_arm, spent):
    """Clusters that lie in one arm each: two independent cluster means."""
    parts = []
    for arm, members in zip((treated, ~treated), per_arm, strict=True):
        if members.size < SMALLEST_CLUSTERS_PER_ARM:
            raise TooFewClusters(f"an arm has {members.size} clusters; at least {SMALLEST_CLUSTERS_PER_ARM} are needed")
        inside = np.searchsorted(members, codes[arm])
        sizes = np.bincount(inside).astype(float)
        residuals = columns[arm] - columns[arm].mean(axis=0)
        sums = np.stack([np.bincount(inside, weights=column) for column in residuals.T], axis=1)
        share = sizes / sizes.sum()
        scaled = sums / np.sqrt(1 - share)[:, None] / sizes.sum()
        parts.append((scaled.T @ scaled, cluster_variance(sums[:, 0], sizes)[1]))
    covariance, freedom = _combined(parts, spent)
    return covariance, _cluster_part(freedom, sum(members.size for members in per_arm))


def _shared_clusters(columns, treated, codes, clusters, spent):
    """Clusters with rows in both arms: linearised contribution of each cluster to the difference."""
    if clusters < 2 * SMALLEST_CLUSTERS_PER_ARM:
        raise TooFewClusters(f"{clusters} clusters; at least {2 * SMALLEST_CLUSTERS_PER_ARM} are needed")
    contribution = np.empty_like(columns)
    for arm, sign in ((treated, 1.0), (~treated, -1.0)):
        contribution[arm] = sign * (columns[arm] - columns[arm].mean(axis=0)) / arm.sum()
    sums = np.stack([np.bincount(codes, weights=column, minlength=clusters) for column in contribution.T], axis=1)
    covariance = clusters / (clusters - 1) * sums.T @ sums
    return covariance, _cluster_part(float(max(clusters - 1 - spent, 1)), clusters)


def _cluster_part(freedom, clusters):
    return {"freedom": freedom, "clusters": clusters, "method": "cluster_cr2", "assumes": "independent_clusters",
            "cannot_say": ("few_clusters",) if clusters < FEW_CLUSTERS else ()}  # fmt: skip


def _combined(parts, spent):
    covariance = parts[0][0] + parts[1][0]
    squares = sum(part[0, 0] ** 2 / freedom for part, freedom in parts)
    freedom = float(covariance[0, 0] ** 2 / squares) if squares > 0 else math.inf
    return covariance, max(freedom - spent, 1.0)


def _two_sided(statistic, freedom):
    return float(2 * distributions.t.sf(abs(statistic), freedom))


def _fieller(difference, covariance, multiplier):
    square = multiplier**2
    lead = difference[1] ** 2 - square * covariance[1, 1]
    if lead <= 0:
        raise WeakAssignment("assignment changed participation too little: the interval per participant is unbounded")
    middle = difference[0] * difference[1] - square * covariance[0, 1]
    last = difference[0] ** 2 - square * covariance[0, 0]
    reach = math.sqrt(max(middle**2 - lead * last, 0.0))
    return float((middle - reach) / lead), float((middle + reach) / lead)
