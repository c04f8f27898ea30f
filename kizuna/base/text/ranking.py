"""How well a text answers a query: share of the query found in words, share found in letter pairs, nearness in meaning.

Each share is a BM25 score divided by what the query's terms are worth together, so it does not depend on how much the
community has written, and 1 means "about everything asked for is there". The more of a query some text contains, the less
meaning counts; a question put in quite other words is ranked mostly by meaning. Measured in docs/search.md.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 2  # a word of the title counts as two of the body
SYNONYM_WEIGHT = 0.7
PRIOR_TEXTS = 50
GRAM_WEIGHT = 1.2
MEANING_FLOOR = 0.3
MEANING_RISE = 2.2
BODY_SIMILARITY = 0.7


@dataclass(frozen=True)
class Terms:
    """What a query asks for: its words and pairs of letters, each with its worth (idf), synonyms apart."""

    words: Mapping[str, float]
    grams: Mapping[str, float]
    synonyms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Average:
    """Average length of the indexed texts, in words and in letters."""

    words: float
    letters: float


@dataclass(frozen=True)
class Text:
    """A candidate: stored words of title and body separated by spaces, and their folded letters."""

    title_words: str
    body_words: str
    title_letters: str
    body_letters: str


@dataclass(frozen=True)
class Shares:
    """How much of the query a text contains, by words and by pairs of letters."""

    words: float
    grams: float


def idf(*, frequency: float, total: int) -> float:
    """Return the worth of a term that stands in `frequency` of `total` texts."""
    frequency = min(max(frequency, 0.0), total)
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))


def worth(*, frequency: float, total: int) -> float:
    """Return the idf as if PRIOR_TEXTS more texts without the term were there.

    In a community of ten topics the words of its trade stand in most of them and are still what people ask about.
    """
    return idf(frequency=frequency, total=total + PRIOR_TEXTS)


def weigh(*, words: Collection[str], grams: Collection[str], synonyms: Collection[str], worth_of) -> Terms:
    """Return the terms of a query with their worth; `worth_of(kind, term)` gives it, kind being "word" or "gram".

    Single letters and Latin words are left out of the grams: words weigh them already.
    """
    return Terms(
        words={word: worth_of("word", word) for word in words},
        grams={gram: worth_of("gram", gram) for gram in grams if len(gram) == 2 and not gram.isascii()},
        synonyms={word: worth_of("word", word) * SYNONYM_WEIGHT for word in synonyms},
    )


def shares(terms: Terms, text: Text, average: Average) -> Shares:
    """Return how much of the query the text contains. Runs for some hundred texts per search, hence the plain loops."""
    title, body = f" {text.title_words} ", f" {text.body_words} "
    ease = _ease(TITLE_WEIGHT * (title.count(" ") - 1) + body.count(" ") - 1, average.words)
    found = 0.0
    for word, worth in (*terms.words.items(), *terms.synonyms.items()):
        spaced = f" {word} "
        occurrences = body.count(spaced) + TITLE_WEIGHT * title.count(spaced)
        if occurrences:
            found += worth * occurrences * (K1 + 1) / (occurrences + ease)
    title, body = text.title_letters, text.body_letters
    ease = _ease(TITLE_WEIGHT * len(title) + len(body), average.letters)
    paired = 0.0
    for gram, worth in terms.grams.items():
        occurrences = body.count(gram) + TITLE_WEIGHT * title.count(gram)
        if occurrences:
            paired += worth * occurrences * (K1 + 1) / (occurrences + ease)
    return Shares(_share(found, terms.words or terms.synonyms), _share(paired, terms.grams))


def _ease(length: float, average: float) -> float:
    return K1 * (1 - B + B * length / average) if average else K1


def _share(found: float, terms: Mapping[str, float]) -> float:
    worth = sum(terms.values())
    return found / worth if worth else 0.0


def similarity(*, title: float | None, body: float | None) -> float:
    """Return the nearness in meaning of a text from those of its title and its body (None where it has none)."""
    if title is None or body is None:
        return title if title is not None else body if body is not None else 0.0
    return (title + BODY_SIMILARITY * body) / (1 + BODY_SIMILARITY)


def scores(found: Sequence[Shares], similarities: Sequence[float]) -> list[float]:
    """Return the score of each candidate; the best share of words decides how much pairs and meaning count."""
    best = min(1.0, max((share.words for share in found), default=0.0))
    gram_weight = GRAM_WEIGHT * best
    meaning_weight = MEANING_FLOOR + MEANING_RISE * (1 - best)
    return [
        share.words + gram_weight * share.grams + meaning_weight * near
        for share, near in zip(found, similarities, strict=True)
    ]
