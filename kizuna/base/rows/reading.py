"""Statements that pages ask again and again: planned once per connection where the database can keep a plan."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

from kizuna.base.rows.plans import Plans


def read_rows(
    statement: str, parameters: Sequence[Any] = (), *, is_planned_anew: bool = False
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose text stays the same while its parameters change.

    PostgreSQL prepares it at its first use on a connection, so that the planning, which costs more than the reading of a
    few rows, is done once. Every text takes a place among the hundred that a connection keeps: lists of changing length
    belong into one parameter (`one_of`). Behind a pooler that lends connections per transaction add
    `?prepared_statements=off` to DATABASE_URL.

    `is_planned_anew`: for statements whose best way depends on the parameters, such as the newest of what may be rare.
    """
    is_planned = connection.vendor == "postgresql" and not is_planned_anew
    if is_planned:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        plans = _plans()
        if plans is not None and (found := plans.rows(statement, parameters)) is not None:
            return found
    with _cursor() if is_planned else connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def one_of(column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the condition that a column holds one of the values, and its parameters."""
    if len(values) == 1:  # by which an index may give its rows in order
        return f"{column} = %s", list(values)
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def _plans() -> Plans | None:
    """Return the plans of the connection where they may be used as they are, or None.

    Inside a transaction, and where somebody counts, logs or wraps statements, cursors do all that belongs to it.
    """
    if connection.queries_logged or connection.execute_wrappers or not connection.get_autocommit():
        return None
    opened = connection.connection
    if opened.prepare_threshold is None:
        return None
    plans: Plans | None = getattr(opened, "kizuna_plans", None)
    if plans is None:
        plans = opened.kizuna_plans = Plans(opened)
    return plans


def _cursor() -> Any:
    # Django's own cursors write the parameters into the text, which is then planned each time. What it adds to a cursor
    # (the count and log of statements, errors of its own kinds, the look at the thread) stays.
    return connection._prepare_cursor(_preparing()(connection.connection))  # type: ignore[attr-defined]


@cache
def _preparing() -> type:
    # PostgreSQL's client is imported where that database is used.
    from psycopg import Cursor

    class Preparing(Cursor[Any]):
        """A cursor that remembers the text of a prepared statement, for Django's log of statements."""

        def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
            self._query = pgq
            super()._send_query_prepared(name, pgq, **options)

    return Preparing
