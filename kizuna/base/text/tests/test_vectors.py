"""Sentence vectors carry meaning, survive int8 and fuse by standardised scores."""

import numpy as np

from kizuna.base.text import vectors


def test_meaning_is_nearer_than_wording_and_an_empty_text_is_nowhere():
    found = vectors.encode(["請求書を再発行したい", "インボイスをもう一度出す方法", "犬の散歩が好きです", ""])
    assert found.shape == (4, vectors.DIMENSIONS)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found[:3], axis=1), 1, atol=1e-5)
    assert found[0] @ found[1] > found[0] @ found[2]
    assert not found[3].any()


def test_a_vector_does_not_depend_on_its_neighbours():
    alone = vectors.encode(["請求書の発行"])
    together = vectors.encode(["別の文です", "請求書の発行", "長い" * 200])
    assert np.allclose(alone[0], together[1], atol=1e-4)


def test_bytes_keep_the_similarity():
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(50, vectors.DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    codes, scales = vectors.quantise(rows)
    assert codes.dtype == np.int8
    assert np.abs(vectors.similarities(rows[0], codes, scales) - rows @ rows[0]).max() < 0.01
    assert np.abs(vectors.dequantise(codes, scales) - rows).max() < 0.01


def test_a_zero_vector_stays_zero():
    codes, scales = vectors.quantise(np.zeros((1, vectors.DIMENSIONS), dtype=np.float32))
    assert not vectors.dequantise(codes, scales).any()


def test_standardised_scores_have_mean_zero_and_deviation_one():
    scores = vectors.standardised(np.array([1.0, 2.0, 3.0]))
    assert np.isclose(scores.mean(), 0)
    assert np.isclose(scores.std(), 1)
    assert not vectors.standardised(np.array([5.0, 5.0])).any()
    assert vectors.standardised(np.array([])).size == 0


def test_fusion_weighs_its_parts():
    words, meaning = np.array([0.0, 10.0, 0.0]), np.array([0.9, 0.1, 0.0])
    assert vectors.fused([(words, 1.0), (meaning, 0.1)]).argmax() == 1
    assert vectors.fused([(words, 0.1), (meaning, 1.0)]).argmax() == 0
