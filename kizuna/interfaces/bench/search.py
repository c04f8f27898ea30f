"""`kizuna bench search`: how well the ranking finds, on labelled Japanese sets, beside plain bigram BM25 and plain substring."""

from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from django.conf import settings

from kizuna.base.text import evaluation

QUESTIONS = 600
Say = Callable[[str], None]


def run(*, data: Path | None, say: Say) -> dict:
    """Measure on the sets found in `data` (folders jsquad, jaquad) and on the FAQ set of this repository."""
    rows = []
    for collection in _collections(data or Path("../shared/data")):
        collection = evaluation.sampled(collection, questions=QUESTIONS)
        rankers = {
            "bigram BM25": evaluation.bigram_ranker(collection),
            "substring": evaluation.substring_ranker(collection),
            "Kizuna": evaluation.kizuna_ranker(collection),
        }
        measured = {name: evaluation.measure(collection, ranker) for name, ranker in rankers.items()}
        ours = measured["Kizuna"]
        for name, measures in measured.items():
            difference = evaluation.paired_bootstrap(ours.ndcg_at_10, measures.ndcg_at_10)
            row = {
                "set": collection.name,
                "ranker": name,
                "questions": len(collection.questions),
                "texts": len(collection.texts),
                "ndcg_at_10": round(fmean(measures.ndcg_at_10), 4),
                "mrr": round(fmean(measures.reciprocal_rank), 4),
                "recall_at_5": round(fmean(measures.recall_at_5), 4),
                "recall_at_10": round(fmean(measures.recall_at_10), 4),
                "ours_minus_this": [round(value, 4) for value in (difference.mean, difference.low, difference.high)],
            }
            rows.append(row)
            say(_line(row))
    conditions = {
        "questions_per_set": QUESTIONS,
        "difference": "nDCG@10, ours minus this, paired bootstrap over questions, 95 %",
    }
    return {"conditions": conditions, "sets": rows}


def _collections(folder: Path) -> list[evaluation.Collection]:
    found = []
    for name in ("jsquad", "jaquad"):
        files = sorted([*(folder / name).rglob("*.json"), *(folder / name).rglob("*.json.gz")])
        if files:
            found.append(evaluation.read_squad(files, name=name))
    found.append(evaluation.read_faq(Path(settings.BASE_DIR) / "bench" / "faq-ja.json", name="faq-ja"))
    return found


def _line(row: dict) -> str:
    mean, low, high = row["ours_minus_this"]
    return (
        f"{row['set']:8} {row['ranker']:12} n={row['questions']:<5} nDCG@10 {row['ndcg_at_10']:.4f}  MRR {row['mrr']:.4f}  "
        f"R@5 {row['recall_at_5']:.4f}  R@10 {row['recall_at_10']:.4f}  ours − this {mean:+.4f} [{low:+.4f}, {high:+.4f}]"
    )
