"""The newest first: everything that holds what was typed, by time, as far back as the reader goes."""

import time
from typing import Any, NamedTuple

from kizuna.base import hosting
from kizuna.base.rows import read_rows
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.search.criteria import Criteria, rows_matching
from kizuna.core.search.engines import GRAMS, WORDS, Source
from kizuna.core.search.statistics import OLDEST, statistics

FEW = 3_000
COUNTED_UP_TO = 1_000
ROWS_OF_A_RESULT = 4  # in the newest rows of a frequent word, as a first guess
KEPT_SECONDS = 300.0
MOST_KNOWN = 2_000


class Found(NamedTuple):
    """A matching row and what it is a part of."""

    row: int
    parent: tuple[str, int]


def newest_rows(query: ParsedQuery, criteria: Criteria, *, after: int | None, limit: int) -> list[Found]:
    """Return matching visible rows after (older than) a row, newest first: ids are made of times."""
    source = rows_matching(query, are_few=_rows_at_most(query) < FEW)
    where, parameters = criteria.where, [*source.parameters, *criteria.parameters]
    if after is not None:
        where += f" AND {source.row_id} < %s"
        parameters.append(after)
    statement = (
        f"SELECT r.id, r.parent_type, r.parent_id FROM {source.sql} WHERE {where} "  # noqa: S608 - parameters only
        f"ORDER BY {source.row_id} DESC LIMIT %s"
    )
    return [
        Found(row, (parent_type, parent_id))
        for row, parent_type, parent_id in read_rows(statement, [*parameters, limit], is_planned_anew=True)
    ]


def count_results(query: ParsedQuery, criteria: Criteria) -> int:
    """Return how many results match, counted up to COUNTED_UP_TO.

    That there are so many is remembered for a while: it takes many deletions to become wrong.
    """
    numbers, rows = statistics(), _rows_at_most(query)
    if rows < FEW:
        return _counted(rows_matching(query, are_few=True), criteria)
    source = rows_matching(query, are_few=False)
    known, key = _known_as_many(), (source.sql, *source.parameters, criteria.where, *criteria.parameters)
    if known.get(key, 0.0) > time.monotonic():
        return COUNTED_UP_TO
    since = numbers.since(COUNTED_UP_TO * ROWS_OF_A_RESULT, frequency=rows)
    number = _counted(rows_matching(query, are_few=False, since=since), criteria) if since != OLDEST else 0
    if number < COUNTED_UP_TO:
        number = _counted(source, criteria)
    if number >= COUNTED_UP_TO:
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[key] = time.monotonic() + KEPT_SECONDS
    return number


def _counted(source: Source, criteria: Criteria) -> int:
    statement = (
        f"SELECT count(*) FROM (SELECT DISTINCT r.parent_type, r.parent_id FROM {source.sql} "  # noqa: S608
        f"WHERE {criteria.where} LIMIT %s) AS c"
    )
    parameters = [*source.parameters, *criteria.parameters, COUNTED_UP_TO]
    return int(read_rows(statement, parameters, is_planned_anew=True)[0][0])


def _known_as_many() -> dict[tuple[Any, ...], float]:
    """Return what was seen to have COUNTED_UP_TO results or more in the current community, and until when that is believed."""
    known: dict[tuple[Any, ...], float] = hosting.current().caches.setdefault("search.many", {})
    return known


def _rows_at_most(query: ParsedQuery) -> int:
    """Return about how many rows may hold every piece typed, by what the index knows of the rarest gram and word of each.

    None are expected where other conditions narrow the rows in a way that the index does not know.
    """
    numbers = statistics()
    if query.phrases or query.tags or query.authors:
        return 0
    rows = numbers.total
    for grams, words in query.pieces:
        numbers.learn(GRAMS, grams)
        numbers.learn(WORDS, words)
        rarest = [
            min((numbers.frequency(column, term) for term in found), default=0)
            for column, found in ((GRAMS, grams), (WORDS, words))
        ]
        rows = min(rows, sum(rarest))
    return rows
