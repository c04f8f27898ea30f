"""Simulated coverage of every interval over a stated grid.

`python -m kizuna.stats.tests.coverage` prints the table of docs/stats.md; `test_coverage.py` holds it to 93–97 % on average.
"""

import itertools
import sys
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats as distributions

from kizuna import stats

Cell = tuple[str, float]


def wilson() -> Iterator[Cell]:
    """Exact: every possible count weighted by its probability."""
    for n, share in itertools.product((10, 20, 50, 100, 500), (0.02, 0.05, 0.1, 0.3, 0.5)):
        counts = np.arange(n + 1)
        inside = [_holds(stats.intervals.wilson(int(count), n), share) for count in counts]
        yield f"n={n} p={share}", float(distributions.binom.pmf(counts, n, share) @ inside)


def newcombe() -> Iterator[Cell]:
    """Exact, as for one share."""
    for (m, n), (p, q) in itertools.product(
        ((10, 10), (30, 20), (60, 60)), ((0.05, 0.05), (0.1, 0.3), (0.5, 0.5), (0.9, 0.7))
    ):
        chance = np.outer(
            distributions.binom.pmf(np.arange(m + 1), m, p), distributions.binom.pmf(np.arange(n + 1), n, q)
        )
        inside = [[_holds(stats.intervals.newcombe(x, m, y, n), p - q) for y in range(n + 1)] for x in range(m + 1)]
        yield f"n={m},{n} p={p},{q}", float(np.sum(chance * inside))


NPS_MIXES = ((0.3, 0.2, 0.5), (0.45, 0.2, 0.35), (0.7, 0.2, 0.1), (0.1, 0.85, 0.05))


def nps() -> Iterator[Cell]:
    """One answer per account."""
    for n, shares in itertools.product((10, 20, 50, 100, 400), NPS_MIXES):
        generator = np.random.default_rng(n)
        truth = 100 * (shares[0] - shares[2])
        yield (
            f"n={n} mix={shares}",
            _share(_holds(stats.intervals.nps(*draw), truth) for draw in generator.multinomial(n, shares, size=3000)),
        )


def nps_difference() -> Iterator[Cell]:
    """Two independent samples."""
    for n, (before, after) in itertools.product((20, 50, 200), itertools.combinations(NPS_MIXES, 2)):
        generator = np.random.default_rng(n)
        truth = 100 * (after[0] - after[2] - before[0] + before[2])
        pairs = zip(
            generator.multinomial(n, before, size=2000), generator.multinomial(n, after, size=2000), strict=True
        )
        yield f"n={n} {before}→{after}", _share(_holds(stats.intervals.nps_difference(*pair), truth) for pair in pairs)


def nps_clustered() -> Iterator[Cell]:
    """Accounts with a common mood, equal and skewed sizes."""
    for clusters, skewed, mood in itertools.product((5, 10, 30, 100), (False, True), (0.3, 1.0)):
        yield (
            f"G={clusters} skewed={skewed} mood={mood}",
            _share(
                _holds(stats.intervals.nps_clustered(scores, account), truth)
                for scores, account, truth in _moods(clusters, skewed, mood, 1500)
            ),
        )


def cluster_bootstrap() -> Iterator[Cell]:
    """The same accounts, resampled."""
    for clusters, skewed in itertools.product((10, 20, 50), (False, True)):
        yield (
            f"G={clusters} skewed={skewed}",
            _share(
                _holds(stats.intervals.cluster_bootstrap(scores, account, statistic="nps", draws=400), truth)
                for scores, account, truth in _moods(clusters, skewed, 0.6, 600)
            ),
        )


def kaplan_meier() -> Iterator[Cell]:
    """Constant and rising hazards, a third censored."""
    for n, shape, share in itertools.product((20, 50, 200), (1.0, 2.0), (0.8, 0.5, 0.3)):
        generator, time = np.random.default_rng(n), (-np.log(share)) ** (1 / shape)
        inside = []
        for _ in range(1200):
            durations, seen = _censored(generator, n, shape)
            curve = stats.survival.kaplan_meier(durations, seen)
            if curve.last_time >= time:
                inside.append(_holds(curve.at(time), share))
        yield f"n={n} shape={shape} S={share}", float(np.mean(inside))


def restricted_mean() -> Iterator[Cell]:
    """Horizon at the median lifetime times 1.2."""
    for n, shape in itertools.product((20, 50, 200), (1.0, 2.0)):
        generator = np.random.default_rng(n)
        horizon = 1.2 * np.log(2) ** (1 / shape)
        grid = np.linspace(0, horizon, 20001)
        truth, inside = float(np.trapezoid(np.exp(-(grid**shape)), grid)), []
        for _ in range(1500):
            durations, seen = _censored(generator, n, shape)
            if durations.max() >= horizon:
                inside.append(_holds(stats.survival.restricted_mean(durations, seen, horizon), truth))
        yield f"n={n} shape={shape}", float(np.mean(inside))


def sbg_forecast() -> Iterator[Cell]:
    """Survival in period 12 from five periods."""
    for n, alpha, beta in ((300, 0.8, 1.3), (1000, 0.8, 1.3), (1000, 1.5, 6.0), (5000, 1.5, 6.0)):
        generator, truth, inside = np.random.default_rng(n), None, []
        truth = float(np.prod([(beta + t - 1) / (alpha + beta + t - 1) for t in range(1, 13)]))
        for _ in range(500):
            lifetime = generator.geometric(generator.beta(alpha, beta, n))
            survivors = [int((lifetime > t).sum()) for t in range(6)]
            try:
                inside.append(_holds(stats.value.fit_sbg(survivors).survival(12), truth))
            except stats.StatsError:
                continue
        yield f"n={n} α={alpha} β={beta} fitted={len(inside)}/500", float(np.mean(inside))


def bg_nbd_forecast() -> Iterator[Cell]:
    """Purchases of a new customer in 52 weeks."""
    for n, parameters in itertools.product((500, 2000), ((0.25, 4.5, 0.8, 2.5), (1.0, 8.0, 0.6, 3.0))):
        truth = _bg_nbd_mean(*parameters, 52.0)
        generator, inside = np.random.default_rng(n), []
        for _ in range(250):
            try:
                fit = stats.value.fit_bg_nbd(*bg_nbd_customers(generator, n, *parameters))
            except stats.StatsError:
                continue
            inside.append(_holds(fit.expected_purchases(52), truth))
        yield f"n={n} {parameters} fitted={len(inside)}/250", float(np.mean(inside))


def difference_in_means() -> Iterator[Cell]:
    """Skewed spend with unequal arms; accounts drawn as a whole."""
    for n, skew in itertools.product((20, 60, 300), (0.3, 0.8)):
        generator, inside = np.random.default_rng(n), []
        for _ in range(2000):
            treated = np.arange(n) < n * 0.4
            outcome = generator.lognormal(0, skew, n) + 0.5 * treated
            inside.append(_holds(stats.effects.difference_in_means(outcome, treated), 0.5))
        yield f"n={n} skew={skew}", float(np.mean(inside))
    for clusters in (8, 20, 60):
        generator, inside = np.random.default_rng(clusters), []
        for _ in range(1500):
            account = np.repeat(np.arange(clusters), generator.poisson(6, clusters) + 1)
            treated = account % 2 == 1
            outcome = generator.normal(size=clusters)[account] * 0.7 + generator.normal(size=account.size)
            inside.append(_holds(stats.effects.difference_in_means(outcome, treated, cluster=account), 0.0))
        yield f"G={clusters}", float(np.mean(inside))


def complier_effect() -> Iterator[Cell]:
    """60 % take part when assigned, 10 % anyway."""
    for n in (100, 400, 2000):
        generator, inside = np.random.default_rng(n), []
        for _ in range(1200):
            kind, assigned = generator.random(n), generator.random(n) < 0.5
            took_part = (kind < 0.1) | ((kind < 0.7) & assigned)
            outcome = generator.normal(size=n) + 0.8 * took_part - 0.5 * (kind >= 0.7)
            try:
                inside.append(_holds(stats.effects.complier_effect(outcome, assigned, took_part), 0.8))
            except stats.WeakAssignment:
                continue
        yield f"n={n}", float(np.mean(inside))


def doubly_robust_did() -> Iterator[Cell]:
    """Staggered joining, growing effects, trends that depend on a covariate."""
    for n, known in itertools.product((40, 100, 400), (False, True)):
        generator, inside = np.random.default_rng(n), []
        for _ in range(400):
            rows, truth = staggered_panel(generator, n, known)
            try:
                effects = stats.effects.doubly_robust_did(**rows, draws=100)
            except stats.StatsError:
                continue
            inside.append(_holds(effects, truth))
        yield f"n={n} covariate={known}", float(np.mean(inside))


def matched_difference() -> Iterator[Cell]:
    """Joining depends on two covariates, the outcome on them and nothing else."""
    for n in (100, 400, 1500):
        generator, inside = np.random.default_rng(n), []
        for _ in range(400):
            known = generator.normal(size=(n, 2))
            treated = generator.random(n) < 1 / (1 + np.exp(1 - 0.7 * known[:, 0]))
            outcome = known @ [1.0, 0.5] + 0.3 * known[:, 0] ** 2 + 1.0 * treated + generator.normal(size=n)
            try:
                inside.append(_holds(stats.effects.matched_difference(outcome, treated, known), 1.0))
            except stats.StatsError:
                continue
        yield f"n={n}", float(np.mean(inside))


def auc() -> Iterator[Cell]:
    """Two normal classes."""
    for n, gap in itertools.product((30, 100, 500), (0.0, 1.0, 2.0)):
        generator = np.random.default_rng(n)
        truth = float(distributions.norm.cdf(gap / np.sqrt(2)))
        inside = []
        for _ in range(1200):
            outcome = np.arange(n) < n * 0.3
            inside.append(_holds(stats.scores.auc(outcome, generator.normal(size=n) + gap * outcome), truth))
        yield f"n={n} gap={gap}", float(np.mean(inside))


def bg_nbd_customers(generator, n, r, alpha, a, b, weeks=(20.0, 52.0)):
    """Draw (frequency, recency, age) from the BG/NBD model."""
    rate, leaving = generator.gamma(r, 1 / alpha, n), generator.beta(a, b, n)
    age = generator.uniform(*weeks, n)
    frequency, recency, now = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.ones(n, dtype=bool)
    while active.any():
        now = now + np.where(active, generator.exponential(1 / np.maximum(rate, 1e-300)), 0)
        active &= now <= age
        frequency += active
        recency = np.where(active, now, recency)
        active &= generator.random(n) > leaving
    return frequency, recency, age


def staggered_panel(generator, n, known, periods=6):
    """Return the rows of a panel with cohorts joining at 3, 4, 6 or never, and the true overall effect."""
    covariate = generator.normal(size=n)
    joins = generator.random(n) < 1 / (1 + np.exp(-0.7 * covariate)) if known else generator.random(n) < 0.5
    joined = np.where(joins, generator.choice([3.0, 4.0, 6.0], n), np.inf)
    time = np.arange(1, periods + 1)
    since = time - joined[:, None]
    effect = np.where(since >= 0, 1 + 0.5 * np.maximum(since, 0), 0.0)
    effect[~np.isfinite(joined)] = 0.0
    outcome = generator.normal(size=(n, 1)) + 0.3 * time + 0.4 * covariate[:, None] * time
    outcome = outcome + effect + generator.normal(size=(n, periods))
    rows = {
        "outcome": outcome.ravel(), "period": np.tile(time, n), "unit": np.repeat(np.arange(n), periods),
        "first_treated": np.repeat(joined, periods),
        "covariates": np.repeat(covariate, periods) if known else None,
    }  # fmt: skip
    return rows, _overall_truth()


SIMULATIONS: dict[str, Callable[[], Iterator[Cell]]] = {
    "intervals.wilson": wilson,
    "intervals.newcombe": newcombe,
    "intervals.nps": nps,
    "intervals.nps_difference": nps_difference,
    "intervals.nps_clustered": nps_clustered,
    "intervals.cluster_bootstrap": cluster_bootstrap,
    "survival.kaplan_meier": kaplan_meier,
    "survival.restricted_mean": restricted_mean,
    "value.fit_sbg survival(12)": sbg_forecast,
    "value.fit_bg_nbd expected_purchases(52)": bg_nbd_forecast,
    "effects.difference_in_means": difference_in_means,
    "effects.complier_effect": complier_effect,
    "effects.doubly_robust_did": doubly_robust_did,
    "effects.matched_difference": matched_difference,
    "scores.auc": auc,
}


def _holds(estimate, truth):
    return estimate.low - 1e-9 <= truth <= estimate.high + 1e-9


def _share(outcomes):
    return float(np.mean(list(outcomes)))


def _censored(generator, n, shape):
    lifetime, watched = generator.weibull(shape, n), generator.uniform(0.5, 4.0, n)
    return np.minimum(lifetime, watched), lifetime <= watched


def _moods(clusters, skewed, mood, repeats):
    """Draw answers whose account shares a normal shift; the truth weights every account's answers alike."""
    generator = np.random.default_rng(clusters)
    cuts = distributions.norm(0.7, np.hypot(2.0, 2.0 * mood))
    truth = 100 * (cuts.sf(1.5) - cuts.cdf(-0.5))
    for _ in range(repeats):
        sizes = generator.geometric(0.15, clusters) if skewed else np.full(clusters, 6)
        account = np.repeat(np.arange(clusters), sizes)
        latent = 0.7 + 2.0 * (mood * generator.normal(size=clusters)[account] + generator.normal(size=account.size))
        yield np.select([latent > 1.5, latent > -0.5], [9, 7], 3), account, truth


def _overall_truth():
    """Effects 1, 1.5, 2, 2.5 of the cohort of 3, 1, 1.5, 2 of 4, 1 of 6, weighted by cohort shares in the population."""
    shares = {3: 1.0, 4: 1.0, 6: 1.0}
    effects = {3: [1, 1.5, 2, 2.5], 4: [1, 1.5, 2], 6: [1]}
    total = sum(shares[group] * len(effects[group]) for group in shares)
    return sum(shares[group] * sum(effects[group]) for group in shares) / total


def _bg_nbd_mean(r, alpha, a, b, t):
    fresh = np.random.default_rng(7)
    return float(np.mean([bg_nbd_customers(fresh, 400_000, r, alpha, a, b, (t, t))[0].mean() for _ in range(10)]))


def main(wanted: list[str]) -> None:
    """Print one Markdown row per estimator whose name contains one of the wanted words (all without any)."""
    sys.stdout.write("| Interval | cells | mean coverage | lowest cell | highest cell |\n|---|---|---|---|---|\n")
    for name, simulate in SIMULATIONS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        cells = list(simulate())
        worst, best = min(cells, key=lambda cell: cell[1]), max(cells, key=lambda cell: cell[1])
        mean = float(np.mean([share for _, share in cells]))
        sys.stdout.write(
            f"| `{name}` | {len(cells)} | {mean:.1%} | {worst[1]:.1%} ({worst[0]}) | {best[1]:.1%} ({best[0]}) |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
