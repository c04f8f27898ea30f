"""The newest first: everything that holds what was typed, by time, as far back as the reader goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kizuna.base.text import tokens
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.search.criteria import Criteria, matching
from kizuna.core.search.engines import GRAMS, WORDS
from kizuna.core.search.moments import from_database, to_database
from kizuna.core.search.statistics import statistics

FEW = 3_000
COUNTED_UP_TO = 1_000


@dataclass(frozen=True)
class Place:
    """Where a page of results ended."""

    created_at: datetime
    row: int


def newest_rows(query: ParsedQuery, criteria: Criteria, *, after: Place | None, limit: int) -> list[tuple[int, Place]]:
    """Return the ids of matching visible rows after a place, newest first, with their places."""
    condition, values = matching(query)
    where, parameters = f"{criteria.where} AND {condition}", [*criteria.parameters, *values]
    if after is not None:
        where += " AND (r.created_at < %s OR (r.created_at = %s AND r.id < %s))"
        at = to_database(after.created_at)
        parameters += [at, at, after.row]
    statement = f"SELECT r.id, r.created_at FROM search_searchrow r WHERE {where}"  # noqa: S608 - parameters only
    if connection.vendor == "postgresql" and _is_few(query):
        # For a rare term the planner would rather walk the time index to its end.
        statement = f"WITH m AS MATERIALIZED ({statement}) SELECT r.id, r.created_at FROM m r"  # noqa: S608
    return [
        (row, Place(from_database(at), row))
        for row, at in _fetched(f"{statement} ORDER BY r.created_at DESC, r.id DESC LIMIT %s", [*parameters, limit])
    ]


def count_results(query: ParsedQuery, criteria: Criteria) -> int:
    """Return how many results match, counted up to COUNTED_UP_TO."""
    condition, values = matching(query)
    statement = (
        "SELECT count(*) FROM (SELECT DISTINCT r.parent_type, r.parent_id FROM search_searchrow r "  # noqa: S608
        f"WHERE {criteria.where} AND {condition} LIMIT %s) AS c"
    )
    return int(_fetched(statement, [*criteria.parameters, *values, COUNTED_UP_TO])[0][0])


def _is_few(query: ParsedQuery) -> bool:
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


def _fetched(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
