"""Time the heavy estimators (`kizuna bench stats`, or `python -m kizuna.stats.bench [DATA]`).

Everything is drawn from a fixed seed; with `data` (the folder that holds `cdnow/`) the CDNOW fit is timed too.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy

from kizuna.stats import Estimate, effects, intervals, scores, survival, value

CUSTOMERS = 1_000_000
ANSWERS = 1_000_000
ACCOUNTS, MONTHS, DRAWS = 100_000, 24, 200
CDNOW = "cdnow/cdnow_customers_summary.csv"


def run(*, data: Path | None = None) -> dict:
    """Return {"conditions", "results": [{"name", "n", "seconds", "limit_seconds", "value", "low", "high"}]}."""
    generator = np.random.default_rng(1)
    results = []
    if data is not None and (data / CDNOW).exists():
        table = np.genfromtxt(data / CDNOW, delimiter=",", skip_header=1)
        results.append(_timed("bg_nbd_cdnow", 0.5, lambda: value.fit_bg_nbd(*table.T[1:])))
    customers = draw_customers(generator, CUSTOMERS)
    results.append(_timed("bg_nbd_1m_with_intervals", 30, lambda: _fit_and_predict(customers)))
    results.append(_timed("doubly_robust_did_100k_x_24_x_200", 60, lambda: _staggered(generator)))
    answers = generator.integers(0, 11, ANSWERS)
    account = generator.integers(0, ANSWERS // 10, ANSWERS)
    results.append(
        _timed("nps_cluster_bootstrap_1m", 5, lambda: intervals.cluster_bootstrap(answers, account, statistic="nps"))
    )
    results.append(_timed("nps_clustered_1m", 5, lambda: intervals.nps_clustered(answers, account)))
    durations, seen = generator.exponential(size=ANSWERS), generator.random(ANSWERS) < 0.7
    results.append(_timed("kaplan_meier_1m", 5, lambda: survival.restricted_mean(durations, seen, 1.0)))
    results.append(_timed("auc_1m", 5, lambda: scores.auc(seen, durations)))
    conditions = {"cores": os.cpu_count(), "numpy": np.__version__, "scipy": scipy.__version__}
    return {"conditions": conditions, "results": results}


def draw_customers(generator: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw (frequency, recency, age) in weeks of customers who buy and leave as BG/NBD says."""
    rate, leaving = generator.gamma(0.5, 1 / 8, n), generator.beta(0.9, 2.5, n)
    age = generator.uniform(10, 52, n)
    frequency, recency, now = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.ones(n, dtype=bool)
    while active.any():
        now = now + np.where(active, generator.exponential(1 / np.maximum(rate, 1e-300)), 0)
        active &= now <= age
        frequency += active
        recency = np.where(active, now, recency)
        active &= generator.random(n) > leaving
    return frequency, recency, age


def _fit_and_predict(customers):
    fit = value.fit_bg_nbd(*customers)
    fit.probability_alive(*customers)
    fit.expected_purchases(52, *customers)
    return fit.expected_purchases(52)


def _staggered(generator):
    joined = generator.choice([8.0, 12.0, 16.0, 20.0, np.inf], ACCOUNTS)
    months = np.arange(1, MONTHS + 1)
    known = generator.normal(size=(ACCOUNTS, 2))
    outcome = generator.normal(size=(ACCOUNTS, MONTHS)) + 0.1 * months + (months >= joined[:, None])
    return effects.doubly_robust_did(
        outcome.ravel(), np.tile(months, ACCOUNTS), np.repeat(np.arange(ACCOUNTS), MONTHS), np.repeat(joined, MONTHS),
        covariates=np.repeat(known, MONTHS, axis=0), draws=DRAWS,
    )  # fmt: skip


def _timed(name: str, limit: float, work: Callable[[], Estimate]) -> dict:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    row = {"name": name, "n": result.n, "seconds": round(seconds, 3), "limit_seconds": limit}
    return row | {key: np.round(getattr(result, key), 6).tolist() for key in ("value", "low", "high")}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(data=Path(sys.argv[1]) if len(sys.argv) > 1 else None), indent=2) + "\n")
