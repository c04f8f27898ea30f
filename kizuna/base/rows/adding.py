"""One statement that makes a row or adds to it, on both databases, with parameters only."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

SMALLER = {"sqlite": "MIN", "postgresql": "LEAST"}
LARGER = {"sqlite": "MAX", "postgresql": "GREATEST"}


def add_up(
    model: type[Model],
    rows: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str],
    sums: Sequence[str] = (),
    firsts: Sequence[str] = (),
    lasts: Sequence[str] = (),
) -> None:
    """Insert rows, or add to those that are there. Each row holds the fields in the order unique, sums, firsts, lasts.

    Names are field names (a foreign key's row holds its id). There must be a unique constraint on `unique`.
    """
    fields = [model._meta.get_field(name) for name in (*unique, *sums, *firsts, *lasts)]
    columns = {field.name: connection.ops.quote_name(str(field.column)) for field in fields}  # type: ignore[union-attr]
    table = connection.ops.quote_name(model._meta.db_table)
    vendor = connection.vendor
    changes = [
        *(f"{columns[name]} = {table}.{columns[name]} + excluded.{columns[name]}" for name in sums),
        *(_pick(SMALLER[vendor], table, columns[name]) for name in firsts),
        *(_pick(LARGER[vendor], table, columns[name]) for name in lasts),
    ]
    # Names come from the model, never from outside.
    statement = (
        f"INSERT INTO {table} ({', '.join(columns.values())}) VALUES ({', '.join(['%s'] * len(fields))}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(columns[name] for name in unique)}) DO UPDATE SET {', '.join(changes)}"
    )
    adapters = {
        "DateField": connection.ops.adapt_datefield_value,
        "DateTimeField": connection.ops.adapt_datetimefield_value,
    }
    adapted = [
        (place, adapters[kind])
        for place, field in enumerate(fields)
        if (kind := field.get_internal_type()) in adapters  # type: ignore[union-attr]
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_ready(row, adapted) for row in rows])


def _ready(row: Sequence[Any], adapted: list[tuple[int, Any]]) -> list[Any]:
    values = list(row)
    for place, adapt in adapted:
        values[place] = adapt(values[place])
    return values


def _pick(function: str, table: str, column: str) -> str:
    return f"{column} = {function}({table}.{column}, excluded.{column})"
