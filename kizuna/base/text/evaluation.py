"""How good the ranking is: labelled sets, measures, and the two baselines anybody could build in an afternoon.

Runs offline on plain texts with the same tokens and formula as the search pages, over an index in memory.
`kizuna bench search` prints the table.
"""

import gzip
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kizuna.base.text import ranking, search_query, tokens, vectors
from kizuna.base.text.japanese import fold

FROM_TERMS = 150  # candidates that come from terms
FROM_MEANING = 60  # candidates that come from nearness in meaning
DEPTH = 10

Ranker = Callable[[str], list[int]]


@dataclass
class Collection:
    """Texts (title, body) and questions, each with the numbers of the texts that answer it."""

    name: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    questions: list[tuple[str, frozenset[int]]] = field(default_factory=list)


def read_squad(paths: Iterable[Path], *, name: str) -> Collection:
    """Read SQuAD 1.1 files (JSON, gzip allowed): each question is to find its paragraph among all."""
    collection = Collection(name)
    for path in sorted(paths):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            articles = json.load(file)["data"]
        for paragraph in (paragraph for article in articles for paragraph in article["paragraphs"]):
            number = len(collection.texts)
            collection.texts.append(("", paragraph["context"]))
            collection.questions.extend((asked["question"], frozenset([number])) for asked in paragraph["qas"])
    return collection


def read_faq(path: Path, *, name: str) -> Collection:
    """Read a FAQ set: articles (id, question, answer) and queries with the ids that answer them."""
    found = json.loads(path.read_text(encoding="utf-8"))
    number_of = {article["id"]: number for number, article in enumerate(found["articles"])}
    return Collection(
        name,
        [(article["question"], article["answer"]) for article in found["articles"]],
        [(query["query"], frozenset(number_of[key] for key in query["relevant"])) for query in found["queries"]],
    )


class TermIndex:
    """Which texts hold a term, in memory."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.total = len(documents)
        self.lengths = [len(document) for document in documents]
        self.average = sum(self.lengths) / max(1, self.total)
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, document in enumerate(documents):
            for term, count in Counter(document).items():
                postings[term].append((number, count))
        self.postings = dict(postings)

    def idf(self, term: str) -> float:
        return ranking.idf(frequency=len(self.postings.get(term, ())), total=self.total)

    def worth(self, term: str) -> float:
        return ranking.worth(frequency=len(self.postings.get(term, ())), total=self.total)

    def bm25(self, terms: Iterable[str]) -> dict[int, float]:
        """Return the plain BM25 score of every text that holds one of the terms (k1 1.2, b 0.75)."""
        found: dict[int, float] = defaultdict(float)
        for term in set(terms):
            worth = self.idf(term)
            for number, count in self.postings.get(term, ()):
                ease = ranking.K1 * (1 - ranking.B + ranking.B * self.lengths[number] / self.average)
                found[number] += worth * count * (ranking.K1 + 1) / (count + ease)
        return found


def bigram_ranker(collection: Collection) -> Ranker:
    """Return the baseline: BM25 over all pairs of neighbouring characters, nothing folded, nothing tuned."""
    index = TermIndex([_pairs(f"{title} {body}".strip()) for title, body in collection.texts])
    return lambda question: _best(index.bm25(_pairs(question)))


def _pairs(text: str) -> list[str]:
    return [text[position : position + 2] for position in range(len(text) - 1)]


def substring_ranker(collection: Collection) -> Ranker:
    """Return the baseline: texts that contain the question, else those that contain most of its words as they stand."""
    texts = [f"{title} {body}" for title, body in collection.texts]

    def rank(question: str) -> list[int]:
        pieces = question.split() or [question]
        return _best({number: sum(text.count(piece) for piece in pieces) for number, text in enumerate(texts)})

    return rank


def kizuna_ranker(collection: Collection) -> Ranker:
    """Return our ranking: candidates by terms and by meaning, scored by `ranking`."""
    index = _Index(collection)
    return index.rank


class _Index:
    """The search index of docs/search.md, in memory."""

    def __init__(self, collection: Collection) -> None:
        rows = [(tokens.words(title), tokens.words(body), fold(title), fold(body)) for title, body in collection.texts]
        self.texts = [
            ranking.Text(tokens.stored(title), tokens.stored(body), folded_title, folded_body)
            for title, body, folded_title, folded_body in rows
        ]
        self.words = TermIndex([[*title, *body] for title, body, _, _ in rows])
        self.grams = TermIndex([tokens.grams(f"{title}\n{body}") for _, _, title, body in rows])
        weighted = [ranking.TITLE_WEIGHT * len(title) + len(body) for title, body, _, _ in rows]
        letters = [ranking.TITLE_WEIGHT * len(title) + len(body) for _, _, title, body in rows]
        self.average = ranking.Average(float(np.mean(weighted)), float(np.mean(letters)))
        self.vectors = [vectors.quantise(vectors.encode([row[part] for row in collection.texts])) for part in (0, 1)]

    def rank(self, question: str) -> list[int]:
        query = search_query.parse_query(question)
        terms = ranking.weigh(
            words=query.words,
            grams=query.grams,
            synonyms=(),
            worth_of=lambda kind, term: self._index_of(kind).worth(term),
        )
        near = self._similarities(query.text)
        numbers = [*self._with_terms(terms), *np.argsort(-near)[:FROM_MEANING].tolist()]
        numbers = list(dict.fromkeys(numbers))
        found = [ranking.shares(terms, self.texts[number], self.average) for number in numbers]
        scored = ranking.scores(found, [float(near[number]) for number in numbers])
        return _best(dict(zip(numbers, scored, strict=True)))

    def _index_of(self, kind: str) -> TermIndex:
        return self.words if kind == "word" else self.grams

    def _with_terms(self, terms: ranking.Terms) -> list[int]:
        """Return the texts in which the terms found are worth most, as the database does it."""
        worth: dict[int, float] = defaultdict(float)
        for index, weights in ((self.words, terms.words), (self.grams, terms.grams)):
            for term, weight in weights.items():
                for number, _count in index.postings.get(term, ()):
                    worth[number] += weight
        return _best(worth, depth=FROM_TERMS)

    def _similarities(self, text: str) -> np.ndarray:
        vector = vectors.encode([text])[0]
        title, body = (vectors.similarities(vector, codes, scales) for codes, scales in self.vectors)
        has_title, has_body = (codes.any(axis=1) for codes, _scales in self.vectors)
        both = (title + ranking.BODY_SIMILARITY * body) / (1 + ranking.BODY_SIMILARITY)
        return np.where(has_title & has_body, both, np.where(has_title, title, body))


def _best(scored: dict[int, float], *, depth: int = DEPTH) -> list[int]:
    ranked = sorted((-score, number) for number, score in scored.items() if score > 0)
    return [number for _score, number in ranked[:depth]]


@dataclass(frozen=True)
class Measures:
    """Measures of one ranker over the questions of a collection, one value per question."""

    ndcg_at_10: list[float]
    reciprocal_rank: list[float]
    recall_at_5: list[float]
    recall_at_10: list[float]

    def means(self) -> dict[str, float]:
        """Return the mean of each measure."""
        return {name: float(np.mean(values)) if values else math.nan for name, values in vars(self).items()}


def measure(collection: Collection, ranker: Ranker) -> Measures:
    """Rank for every question and measure against the labels."""
    measures = Measures([], [], [], [])
    for question, relevant in collection.questions:
        hits = [number in relevant for number in ranker(question)[:DEPTH]]
        gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(relevant))))
        measures.ndcg_at_10.append(gain / ideal)
        measures.reciprocal_rank.append(1 / (hits.index(True) + 1) if any(hits) else 0.0)
        measures.recall_at_5.append(sum(hits[:5]) / len(relevant))
        measures.recall_at_10.append(sum(hits) / len(relevant))
    return measures


@dataclass(frozen=True)
class Difference:
    """Mean difference of paired values with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], *, rounds: int = 2_000, seed: int = 1
) -> Difference:
    """Return the mean of ours minus theirs with its percentile interval over resampled questions."""
    differences = np.asarray(ours) - np.asarray(theirs)
    generator = np.random.default_rng(seed)
    means = [differences[generator.integers(0, len(differences), len(differences))].mean() for _round in range(rounds)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high))


def sampled(collection: Collection, *, questions: int, seed: int = 1) -> Collection:
    """Return the same texts with at most so many of the questions, drawn by a fixed seed."""
    if len(collection.questions) <= questions:
        return collection
    drawn = random.Random(seed).sample(collection.questions, questions)  # noqa: S311 - a sample, no secret
    return Collection(collection.name, collection.texts, drawn)
