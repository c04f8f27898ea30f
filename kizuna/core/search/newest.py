"""The newest first: everything that holds what was typed, by time, as far back as the reader goes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from kizuna.base.text import tokens
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.search.criteria import Criteria, rows_matching
from kizuna.core.search.engines import GRAMS, WORDS
from kizuna.core.search.statistics import statistics

FEW = 3_000
COUNTED_UP_TO = 1_000


class Found(NamedTuple):
    """A matching row and what it is a part of."""

    row: int
    parent: tuple[str, int]


def newest_rows(query: ParsedQuery, criteria: Criteria, *, after: int | None, limit: int) -> list[Found]:
    """Return matching visible rows after (older than) a row, newest first: ids are made of times."""
    source = rows_matching(query, are_few=_are_few(query))
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
        for row, parent_type, parent_id in _fetched(statement, [*parameters, limit])
    ]


def count_results(query: ParsedQuery, criteria: Criteria) -> int:
    """Return how many results match, counted up to COUNTED_UP_TO."""
    source = rows_matching(query, are_few=_are_few(query))
    statement = (
        f"SELECT count(*) FROM (SELECT DISTINCT r.parent_type, r.parent_id FROM {source.sql} "  # noqa: S608
        f"WHERE {criteria.where} LIMIT %s) AS c"
    )
    return int(_fetched(statement, [*source.parameters, *criteria.parameters, COUNTED_UP_TO])[0][0])


def _are_few(query: ParsedQuery) -> bool:
    """Tell whether some piece typed stands in few rows, by what the index knows of its rarest gram and word."""
    numbers = statistics()
    for chunk in query.chunks:
        grams, words = tokens.needed_grams_of(chunk), tokens.words(chunk)
        numbers.learn(GRAMS, grams)
        numbers.learn(WORDS, words)
        rarest = [
            min((numbers.frequency(column, term) for term in found), default=0)
            for column, found in ((GRAMS, grams), (WORDS, words))
        ]
        if sum(rarest) < FEW:
            return True
    return bool(query.phrases or query.tags or query.authors)


def _fetched(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
