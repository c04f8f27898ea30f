"""The best answers first: candidates by terms from the index, by meaning from the encoder, ranked by `base.text.ranking`."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kizuna.base.text import ranking
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.search.criteria import Criteria, marks
from kizuna.core.search.encoder import client
from kizuna.core.search.engines import GRAMS, WORDS, engine
from kizuna.core.search.moments import from_database
from kizuna.core.search.statistics import Statistics, statistics

FROM_TERMS = 150
FROM_MEANING = 60
NEWEST_OF_TERM = 2_000  # a term in more rows than this brings only its newest
MAX_ROWS_READ = 8_000
MAX_GRAMS_ASKED = 16

# What else makes an answer better, in units of "the whole query is there".
SOLVED_BONUS = 0.10
VOTE_BONUS = 0.03
FRESH_BONUS = 0.06
LITERAL_TITLE_BONUS = 0.5
LITERAL_BODY_BONUS = 0.25
LONGEST_LITERAL = 30

# Less than this in every respect is not shown; less than the second set is shown as "near" and counted as in vain.
# Measured on bench/faq-ja.json: 80 % of the right answers fit, 6 % of questions about something else seem to.
SHOWN = (0.12, 0.25, 0.20)
FITTING = (0.50, 0.60, 0.38)


@dataclass
class Candidate:
    """A row with what ranking and showing need. `title` is the topic's for a reply."""

    row: int
    target_type: str
    target_id: int
    parent_type: str
    parent_id: int
    kind: str
    author_id: int | None
    created_at: datetime
    is_solved: bool
    votes: int
    lang: str
    title: str
    body: str
    url: str
    external_id: str
    text: ranking.Text
    vector_row: int
    score: float = 0.0
    is_fitting: bool = False

    @property
    def parent(self) -> tuple[str, int]:
        return self.parent_type, self.parent_id


def ranked(query: ParsedQuery, criteria: Criteria, *, now: datetime) -> list[Candidate]:
    """Return the best row of each result, best result first."""
    asked = client.ask_nearest(query.text) if query.text else None
    numbers = statistics()
    terms = _terms(query, numbers)
    rows = _rows_with_terms(terms, numbers, criteria)
    near = _nearest(asked)
    rows += _visible_rows([row for row in list(near)[: FROM_MEANING * 4] if row not in rows], criteria)[:FROM_MEANING]
    candidates = read_candidates(list(dict.fromkeys(rows)))
    _score(candidates, terms, numbers, near, query, now)
    return _best_of_each_parent(candidates)


def _terms(query: ParsedQuery, numbers: Statistics) -> ranking.Terms:
    numbers.learn(WORDS, [*query.words, *query.synonym_words])
    numbers.learn(GRAMS, query.grams)
    return ranking.weigh(words=query.words, grams=query.grams, synonyms=query.synonym_words, worth_of=numbers.worth_of)


def _rows_with_terms(terms: ranking.Terms, numbers: Statistics, criteria: Criteria) -> list[int]:
    """Return the visible rows in which the terms held are worth most."""
    selects, parameters = [], []
    for column, term, worth in _asked_terms(terms, numbers):
        frequency = numbers.frequency(column, term)
        statement, values = engine().newest_holding(column, term, limit=NEWEST_OF_TERM, frequency=frequency)
        selects.append(f"SELECT id, CAST(%s AS double precision) AS worth FROM ({statement}) AS t")  # noqa: S608 - parameters only
        parameters.extend([worth, *values])
    if not selects:
        return []
    # Added up and put in order before the join, so that only as many rows are looked at as will be taken.
    held = (
        f"SELECT f.id, sum(f.worth) AS worth FROM ({' UNION ALL '.join(selects)}) AS f "  # noqa: S608 - parameters only
        "GROUP BY f.id ORDER BY worth DESC, f.id DESC"
    )
    statement = (
        f"SELECT r.id FROM ({held}) AS g JOIN search_searchrow r ON r.id = g.id WHERE {criteria.where} "  # noqa: S608
        "ORDER BY g.worth DESC, g.id DESC LIMIT %s"
    )
    return _ids(statement, [*parameters, *criteria.parameters, FROM_TERMS])


def _asked_terms(terms: ranking.Terms, numbers: Statistics) -> list[tuple[str, str, float]]:
    """Return the terms worth asking the index for: rare ones first, until enough rows will be read."""
    grams = sorted(terms.grams.items(), key=lambda item: -item[1])[:MAX_GRAMS_ASKED]
    found = [
        (column, term, worth)
        for column, items in ((WORDS, [*terms.words.items(), *terms.synonyms.items()]), (GRAMS, grams))
        for term, worth in items
        if numbers.frequency(column, term)
    ]
    asked, read = [], 0
    for column, term, worth in sorted(found, key=lambda item: -item[2]):
        rows = min(NEWEST_OF_TERM, numbers.frequency(column, term))
        if asked and read + rows > MAX_ROWS_READ:
            break
        asked.append((column, term, worth))
        read += rows
    return asked


def _nearest(asked: client.Question | None) -> dict[int, float]:
    """Return similarities by row, best first; none when the encoder is away."""
    if asked is None:
        return {}
    try:
        answer = asked.answer()
    except client.EncoderAway:
        return {}
    return dict(zip(answer["rows"], answer["similarities"], strict=True))


def _visible_rows(rows: list[int], criteria: Criteria) -> list[int]:
    if not rows:
        return []
    statement = f"SELECT r.id FROM search_searchrow r WHERE r.id IN ({marks(rows)}) AND {criteria.where}"  # noqa: S608
    visible = set(_ids(statement, [*rows, *criteria.parameters]))
    return [row for row in rows if row in visible]


def _ids(statement: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


_CANDIDATES = """
    SELECT r.id, r.target_type, r.target_id, r.parent_type, r.parent_id, r.kind, r.author_id, r.created_at, r.is_solved,
           r.votes, r.lang, coalesce(nullif(t.title, ''), pt.title, ''), t.body, t.url, coalesce(pt.external_id, t.external_id),
           t.title_words, pt.title_words, t.body_words, t.title_letters, pt.title_letters, t.body_letters, coalesce(p.id, r.id),
           coalesce(p.is_solved, r.is_solved)
    FROM search_searchrow r JOIN search_searchtext t ON t.row_id = r.id
    LEFT JOIN search_searchrow p ON p.target_type = r.parent_type AND p.target_id = r.parent_id AND p.id <> r.id
    LEFT JOIN search_searchtext pt ON pt.row_id = p.id
    WHERE r.id IN ({marks})
"""


def read_candidates(rows: list[int]) -> list[Candidate]:
    """Return the rows with their texts in the order given; ids must come from a query that tested visibility."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES.format(marks=marks(rows)), rows)
        found = {row[0]: _candidate(row) for row in cursor.fetchall()}
    return [found[row] for row in rows if row in found]


def _candidate(row: tuple[Any, ...]) -> Candidate:
    title_words, parent_words, body_words, title_letters, parent_letters, body_letters, vector_row, is_solved = row[15:]
    return Candidate(
        *row[:7],
        created_at=from_database(row[7]),
        is_solved=bool(is_solved),
        votes=row[9],
        lang=row[10],
        title=row[11],
        body=row[12],
        url=row[13],
        external_id=row[14],
        text=ranking.Text(
            title_words or parent_words or "", body_words, title_letters or parent_letters or "", body_letters
        ),
        vector_row=vector_row,
    )


def _score(
    candidates: list[Candidate],
    terms: ranking.Terms,
    numbers: Statistics,
    near: dict[int, float],
    query: ParsedQuery,
    now: datetime,
) -> None:
    found = [ranking.shares(terms, candidate.text, numbers.average) for candidate in candidates]
    floor = min(near.values(), default=0.0)
    similarities = [near.get(candidate.vector_row, floor) for candidate in candidates]
    scores = ranking.scores(found, similarities)
    for candidate, share, similarity, score in zip(candidates, found, similarities, scores, strict=True):
        measured = (share.words, share.grams, similarity)
        literal = _literal_bonus(candidate, query)
        candidate.is_fitting = bool(literal) or _reaches(measured, FITTING)
        shown = candidate.is_fitting or _reaches(measured, SHOWN)
        candidate.score = score + literal + _bonus(candidate, now) if shown else 0.0


def _reaches(measured: tuple[float, ...], needed: tuple[float, ...]) -> bool:
    return any(value >= limit for value, limit in zip(measured, needed, strict=True))


def _literal_bonus(candidate: Candidate, query: ParsedQuery) -> float:
    """Return what it adds that short pieces stand there as they were typed."""
    pieces = [piece for piece in (*query.chunks, *query.phrases) if len(piece) <= LONGEST_LITERAL]
    if not pieces or len(pieces) < len(query.chunks) + len(query.phrases):
        return 0.0
    letters = candidate.text
    if not all(piece in letters.title_letters or piece in letters.body_letters for piece in pieces):
        return 0.0
    in_title = sum(piece in letters.title_letters for piece in pieces) / len(pieces)
    return LITERAL_BODY_BONUS + (LITERAL_TITLE_BONUS - LITERAL_BODY_BONUS) * in_title


def _bonus(candidate: Candidate, now: datetime) -> float:
    years = max(0.0, (now - candidate.created_at).total_seconds() / 31_557_600)
    votes = math.log1p(max(0, candidate.votes))
    return SOLVED_BONUS * candidate.is_solved + VOTE_BONUS * min(3.0, votes) + FRESH_BONUS * math.exp(-years)


def _best_of_each_parent(candidates: list[Candidate]) -> list[Candidate]:
    best: dict[tuple[str, int], Candidate] = {}
    for candidate in candidates:
        other = best.get(candidate.parent)
        if candidate.score > 0 and (other is None or candidate.score > other.score):
            best[candidate.parent] = candidate
    return sorted(best.values(), key=lambda candidate: (-candidate.score, -candidate.row))
