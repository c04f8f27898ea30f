"""Draw the figures of docs/stats.md from the bundled data: `python docs/stats/draw.py` (needs matplotlib)."""

import csv
import gzip
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kizuna import stats  # noqa: E402

DATA = ROOT / "kizuna" / "stats" / "tests" / "data"
OUT = Path(__file__).parent
KNOWN = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")
plt.rcParams |= {"svg.hashsalt": "kizuna", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def read(name: str) -> dict[str, np.ndarray]:
    """Return the columns of a bundled file."""
    path = DATA / name
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    table = {}
    for title, cells in zip(rows[0], zip(*rows[1:], strict=True), strict=True):
        try:
            table[title] = np.array(cells, dtype=float)
        except ValueError:
            table[title] = np.array(cells)
    return table


def save(name: str, title: str) -> None:
    """Write the current figure as a small SVG without a date."""
    plt.title(title, loc="left", fontsize=10)
    plt.tight_layout()
    plt.savefig(OUT / name, metadata={"Date": None})
    plt.close()


def forest(rows: list[tuple[str, stats.Estimate]]) -> None:
    """Draw one line per estimate."""
    plt.figure(figsize=(6.4, 0.42 * len(rows) + 1))
    for place, (_, estimate) in enumerate(rows):
        plt.plot([estimate.low, estimate.high], [-place, -place], color="#2b6cb0")
        plt.plot(estimate.value, -place, "o", color="#2b6cb0")
    plt.yticks(-np.arange(len(rows)), [label for label, _ in rows])
    plt.axvline(0, color="#999", linewidth=0.8)


def nps_by_month() -> None:
    """Fukui: the score of each month with its clustered interval."""
    answers = read("fukui.csv.gz")
    plt.figure(figsize=(6.4, 3))
    for month in np.unique(answers["month"]):
        rows = answers["month"] == month
        score = stats.intervals.nps_clustered(answers["nps"][rows], answers["respondent"][rows])
        plt.plot([month, month], [score.low, score.high], color="#2b6cb0")
        plt.plot(month, score.value, "o", color="#2b6cb0")
    plt.xlabel("month of 2024")
    plt.ylabel("NPS, points")
    save("nps.svg", "Fukui tourism survey: NPS by month, 95 % intervals clustered by respondent")


def survival_by_contract() -> None:
    """Telco: the curve of each contract kind."""
    telco = read("telco.csv.gz")
    plt.figure(figsize=(6.4, 3))
    for name in np.unique(telco["contract"]):
        rows = telco["contract"] == name
        curve = stats.survival.kaplan_meier(telco["tenure"][rows], telco["churned"][rows])
        plt.step(curve.times, curve.survival, where="post", label=f"{name} (n = {curve.n})")
        plt.fill_between(curve.times, curve.low, curve.high, step="post", alpha=0.2)
    plt.xlabel("months of tenure")
    plt.ylabel("share still customer")
    plt.ylim(0, 1.02)
    plt.legend(frameon=False, loc="lower left")
    save("survival.svg", "Telco: Kaplan-Meier by contract (a description, not an effect)")


def retention_forecast() -> None:
    """Regular cohort: fitted on years 0 to 4, observed to 12."""
    seen = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
    forecast = stats.value.fit_sbg(seen[:5]).survival(np.arange(13))
    plt.figure(figsize=(6.4, 3))
    plt.plot(range(13), forecast.value, color="#2b6cb0", label="sBG fitted on years 0–4")
    plt.fill_between(range(13), forecast.low, forecast.high, alpha=0.2, color="#2b6cb0")
    plt.plot(range(13), np.array(seen) / 1000, "o", color="#c05621", label="observed")
    plt.plot(range(13), 0.631 ** np.arange(13), "--", color="#999", label="constant first-year rate")
    plt.xlabel("year")
    plt.ylabel("share still customer")
    plt.legend(frameon=False)
    save("retention.svg", "Regular cohort (Fader & Hardie 2007): forecast against what happened")


def purchases() -> None:
    """CDNOW: what both models expect of one customer."""
    cdnow = read("cdnow.csv.gz")
    past = cdnow["frequency"], cdnow["recency"], cdnow["age"]
    plt.figure(figsize=(6.4, 3))
    for name, fit in (("BG/NBD", stats.value.fit_bg_nbd(*past)), ("Pareto/NBD", stats.value.fit_pareto_nbd(*past))):
        weeks = np.linspace(0, 39, 60)
        curve = fit.expected_purchases(weeks, 5, 20.0, 39.0)
        plt.plot(weeks, curve.value, label=name)
        plt.fill_between(weeks, curve.low, curve.high, alpha=0.2)
    plt.xlabel("weeks ahead")
    plt.ylabel("expected purchases")
    plt.legend(frameon=False)
    save("purchases.svg", "CDNOW: a customer with 5 repeat purchases, the last in week 20 of 39")


def effects() -> None:
    """NSW: experiment, naive comparison with the survey, matched comparison."""
    nsw, cps = read("nsw.csv"), read("cps.csv.gz")
    treated = nsw["treat"] == 1
    outcome = np.r_[nsw["re78"][treated], cps["re78"]]
    joined = np.arange(outcome.size) < treated.sum()
    known = np.column_stack([np.r_[nsw[name][treated], cps[name]] for name in KNOWN])
    forest([
        ("experiment (randomised)", stats.effects.difference_in_means(nsw["re78"], treated)),
        ("survey, naive (not an effect)", stats.effects.difference_in_means(outcome, joined)),
        ("survey, matched", stats.effects.matched_difference(outcome, joined, known)),
    ])  # fmt: skip
    plt.xlabel("difference in earnings 1978, USD")
    save("effects.svg", "NSW: experiment, naive and matched")
    common = stats.effects.overlap(joined, known)
    plt.figure(figsize=(6.4, 2.4))
    plt.stairs(common.treated_counts / common.treated_counts.sum(), common.edges, label="treated", fill=True, alpha=0.5)
    plt.stairs(common.control_counts / common.control_counts.sum(), common.edges, label="survey")
    plt.xlabel("propensity")
    plt.ylabel("share")
    plt.legend(frameon=False)
    save("overlap.svg", "NSW treated and CPS: overlap of propensities")


if __name__ == "__main__":
    for draw in (nps_by_month, survival_by_contract, retention_forecast, purchases, effects):
        draw()
