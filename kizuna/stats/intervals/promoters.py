"""Net Promoter Score: interval, clustered interval, difference. Points, -100..100.

The shares of promoters and detractors are one multinomial draw, so their difference has up to four times the variance of
a proportion. Foreign benchmarks are not offered on purpose.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats as distributions

from kizuna.stats.checks import Numbers, count, normal_quantile, vector
from kizuna.stats.errors import EmptyInput, InvalidInput
from kizuna.stats.intervals.clusters import clustered_ratio
from kizuna.stats.results import Estimate

# Below this n, or with fewer than this many outside the largest group, the plain normal interval is too narrow.
SMALLEST_PLAIN_N = 100
SMALLEST_PLAIN_MINORITY = 10
ADDED_ENDS, ADDED_MIDDLE = 0.75, 1.5
Triple = Sequence[int]


def nps(promoters: int, passives: int, detractors: int, *, level: float = 0.95, method: str = "auto") -> Estimate:
    """Estimate the NPS from the three counts.

    Inputs: counts of answers 9–10, 7–8, 0–6. `method`: "wald", "adjusted_wald", or "auto": adjusted when n < 100 or fewer
    than 10 answers lie outside the largest group. Output: NPS and interval in points; `value` is always the plain NPS,
    and the interval reaches to it where the added answers would leave it outside (all of few answers alike).
    Assumptions: independent rows (one answer per account), random sample. Raises: InvalidInput, EmptyInput.
    Source: Rocks 2016, The American Statistician 70:365 (adjusted Wald, three answers added).

    >>> score = nps(30, 20, 50)
    >>> score.value, round(score.low, 1), round(score.high, 1), score.n
    (-20.0, -37.1, -2.9, 100)
    """
    counts = _counts((promoters, passives, detractors))
    chosen = _method(method, counts)
    centre, error = _centre_and_error(counts, chosen)
    reach = normal_quantile(level) * error
    score = _score(counts)
    return Estimate(
        value=score, low=min(score, max(-100.0, centre - reach)), high=max(score, min(100.0, centre + reach)),
        n=sum(counts), method=chosen, unit="nps_points", level=level, standard_error=error,
        assumptions=("independent_rows", "random_sample"),
        cannot_say=("non_response",) + (("few_observations",) if chosen == "adjusted_wald" else ()),
        diagnostics={"promoters": counts[0], "passives": counts[1], "detractors": counts[2],
                     "centre": centre, "margin": reach},
    )  # fmt: skip


def nps_from_scores(scores: Numbers, *, level: float = 0.95, method: str = "auto") -> Estimate:
    """Estimate the NPS from single answers.

    Inputs: `scores`: (n,) whole numbers 0..10. Output, assumptions and source as in `nps`.
    Raises: InvalidInput (anything that is not an integer in 0..10), EmptyInput.

    >>> nps_from_scores([10, 9, 8, 3]).value
    25.0
    """
    scores = vector(scores, "scores", low=0, high=10, whole=True)
    promoters, detractors = int((scores >= 9).sum()), int((scores <= 6).sum())
    return nps(promoters, scores.size - promoters - detractors, detractors, level=level, method=method)


def nps_clustered(scores: Numbers, cluster: Numbers, *, level: float = 0.95) -> Estimate:
    """Estimate the NPS when several answers come from one account.

    Inputs: `scores`: (n,) whole numbers 0..10; `cluster`: (n,) account ids. Output: NPS and interval in points, with the
    bias-reduced cluster variance (CR2) and Satterthwaite degrees of freedom; diagnostics hold the design effect.
    Assumptions: independent clusters. Supported from 5 clusters. Raises: InvalidInput, EmptyInput, TooFewClusters.
    Source: Bell & McCaffrey 2002, Survey Methodology 28; Pustejovsky & Tipton 2018, JBES 36, section 2.

    >>> score = nps_clustered([10, 10, 9, 3, 3, 8, 9, 7, 5, 10], [1, 1, 2, 3, 3, 4, 5, 5, 6, 7])
    >>> score.value, score.diagnostics["clusters"]
    (20.0, 7)
    """
    points = net_points(scores)
    estimate = clustered_ratio(points, cluster, level=level)
    plain_error = math.sqrt(max(points.var() / points.size, 0.0))
    design = (estimate["standard_error"] / plain_error) ** 2 if plain_error > 0 else 1.0
    low, high, limits = estimate["low"], estimate["high"], estimate["cannot_say"]
    if estimate["standard_error"] == 0:
        low, high = _constant_limits(float(points[0]), estimate["clusters"], level)
        limits = (*limits, "constant_outcome")
    return Estimate(
        value=estimate["value"], low=max(-100.0, low), high=min(100.0, high), n=points.size,
        method="cluster_cr2", unit="nps_points", level=level, standard_error=estimate["standard_error"],
        assumptions=("independent_clusters", "random_sample"), cannot_say=("non_response", *limits),
        diagnostics={"clusters": estimate["clusters"], "degrees_of_freedom": estimate["freedom"], "design_effect": design},
    )  # fmt: skip


def nps_difference(first: Triple, second: Triple, *, level: float = 0.95, method: str = "auto") -> Estimate:
    """Estimate the change in NPS from `first` to `second` (second minus first), independent samples.

    Inputs: two triples (promoters, passives, detractors) of counts. Output: difference and interval in points, with z and
    the two-sided p value in the diagnostics. Many segments: adjust the p values with `holm`.
    Assumptions: independent rows, independent samples. Raises: InvalidInput, EmptyInput.
    Source: Rocks 2016; z = difference / √(sum of the two squared errors).

    >>> change = nps_difference((30, 20, 50), (45, 20, 35))
    >>> change.value, round(change.standard_error, 2), round(change.diagnostics["z"], 2)
    (30.0, 12.45, 2.41)
    """
    before, after = _counts(first), _counts(second)
    chosen = "adjusted_wald" if "adjusted_wald" in {_method(method, before), _method(method, after)} else "wald"
    centre_before, error_before = _centre_and_error(before, chosen)
    centre_after, error_after = _centre_and_error(after, chosen)
    centre, error = centre_after - centre_before, math.hypot(error_before, error_after)
    reach = normal_quantile(level) * error
    z = centre / error if error > 0 else 0.0
    return Estimate(
        value=_score(after) - _score(before), low=max(-200.0, centre - reach), high=min(200.0, centre + reach),
        n=sum(before) + sum(after), method=chosen, unit="nps_points", level=level, standard_error=error,
        assumptions=("independent_rows", "independent_samples", "random_sample"),
        cannot_say=("non_response", "not_an_effect"),
        diagnostics={"z": z, "p_value": float(2 * distributions.norm.sf(abs(z))),
                     "first": _score(before), "second": _score(after)},
    )  # fmt: skip


def net_points(scores: Numbers) -> np.ndarray:
    """Return +100, 0 or -100 for each answer 0..10.

    >>> net_points([10, 7, 0]).tolist()
    [100.0, 0.0, -100.0]
    """
    scores = vector(scores, "scores", low=0, high=10, whole=True)
    return 100.0 * (scores >= 9) - 100.0 * (scores <= 6)


def _counts(triple):
    try:
        promoters, passives, detractors = triple
    except (TypeError, ValueError) as reason:
        raise InvalidInput("expected (promoters, passives, detractors)") from reason
    counts = count(promoters, "promoters"), count(passives, "passives"), count(detractors, "detractors")
    if sum(counts) == 0:
        raise EmptyInput("no answers: the NPS is n/a")
    return counts


def _method(method, counts):
    if method not in {"auto", "wald", "adjusted_wald"}:
        raise InvalidInput(f"method: {method!r}")
    if method == "wald" and sum(counts) == max(counts):
        raise InvalidInput("method: wald has no width when every answer falls in one group; use adjusted_wald")
    if method != "auto":
        return method
    small = sum(counts) < SMALLEST_PLAIN_N or sum(counts) - max(counts) < SMALLEST_PLAIN_MINORITY
    return "adjusted_wald" if small else "wald"


def _score(counts):
    return 100 * (counts[0] - counts[2]) / sum(counts)


def _centre_and_error(counts, method):
    promoters, passives, detractors = counts
    if method == "adjusted_wald":
        promoters, passives, detractors = promoters + ADDED_ENDS, passives + ADDED_MIDDLE, detractors + ADDED_ENDS
    n = promoters + passives + detractors
    net = (promoters - detractors) / n
    return 100 * net, 100 * math.sqrt(max((promoters + detractors) / n - net**2, 0.0) / n)


def _constant_limits(point, clusters, level):
    """Bound an NPS without any variation by letting each cluster count as one answer."""
    counts = {100.0: (clusters, 0, 0), 0.0: (0, clusters, 0), -100.0: (0, 0, clusters)}[point]
    one_each = nps(*counts, level=level, method="adjusted_wald")
    return one_each.low, one_each.high
