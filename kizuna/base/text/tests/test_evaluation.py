"""The measures are right, the baselines are what they say, and our ranking beats them on the set of our own."""

import json
from pathlib import Path

import pytest

from kizuna.base.text import evaluation
from kizuna.base.text.evaluation import Collection

FAQ = Path(__file__).resolve().parents[4] / "bench" / "faq-ja.json"


def test_measures_match_a_case_worked_by_hand():
    collection = Collection("x", [("", "")] * 12, [("q", frozenset([3, 5]))])
    measures = evaluation.measure(collection, lambda _question: [1, 3, 0, 2, 4, 5, 6, 7, 8, 9, 10])
    # hits at places 2 and 6: (1/log2(3) + 1/log2(7)) / (1/log2(2) + 1/log2(3))
    assert measures.ndcg_at_10[0] == pytest.approx((0.63093 + 0.35621) / (1 + 0.63093), abs=1e-4)
    assert measures.reciprocal_rank == [0.5]
    assert measures.recall_at_5 == [0.5]
    assert measures.recall_at_10 == [1.0]


def test_the_bigram_baseline_is_plain_bm25():
    collection = Collection("x", [("", "請求書の発行"), ("", "送料の設定"), ("", "請求の締め日")], [])
    assert evaluation.bigram_ranker(collection)("請求書") == [0, 2]
    index = evaluation.TermIndex([["a", "b"], ["a"]])
    # idf(b) = ln(1 + 1.5/1.5), length 2 of average 1.5: 2.2 / (1 + 1.2 * (0.25 + 0.75 * 4/3))
    assert index.bm25(["b"]) == {0: pytest.approx(0.693147 * 2.2 / 2.5, abs=1e-5)}


def test_the_substring_baseline_needs_the_string():
    collection = Collection("x", [("", "請求書の発行"), ("送料", "請求書と請求書")], [])
    assert evaluation.substring_ranker(collection)("請求書") == [1, 0]
    assert evaluation.substring_ranker(collection)("請求書を発行したい") == []


def test_paired_bootstrap_brackets_the_mean_and_repeats():
    ours, theirs = [1.0, 0.5, 1.0, 0.0] * 20, [0.5, 0.5, 0.5, 0.5] * 20
    difference = evaluation.paired_bootstrap(ours, theirs)
    assert difference.mean == pytest.approx(0.125)
    assert difference.low < difference.mean < difference.high
    assert difference == evaluation.paired_bootstrap(ours, theirs)


def test_it_reads_squad_files(tmp_path):
    paragraph = {"context": "東京は首都です。", "qas": [{"question": "首都は？"}, {"question": "どこ？"}]}
    (tmp_path / "a.json").write_text(json.dumps({"data": [{"title": "t", "paragraphs": [paragraph, paragraph]}]}))
    collection = evaluation.read_squad([tmp_path / "a.json"], name="x")
    assert len(collection.texts) == 2
    assert [sorted(relevant) for _question, relevant in collection.questions] == [[0], [0], [1], [1]]


def test_a_sample_keeps_the_texts_and_is_the_same_each_time():
    collection = Collection("x", [("", "")] * 3, [(str(number), frozenset([0])) for number in range(50)])
    sample = evaluation.sampled(collection, questions=10)
    assert sample.texts == collection.texts
    assert len(sample.questions) == 10
    assert sample == evaluation.sampled(collection, questions=10)


def test_questions_in_other_words_find_their_answer():
    collection = evaluation.read_faq(FAQ, name="faq-ja")
    assert len(collection.questions) >= 60
    ours = evaluation.measure(collection, evaluation.kizuna_ranker(collection))
    bigrams = evaluation.measure(collection, evaluation.bigram_ranker(collection))
    assert ours.means()["recall_at_10"] > 0.9
    assert evaluation.paired_bootstrap(ours.ndcg_at_10, bigrams.ndcg_at_10).low > 0.2
