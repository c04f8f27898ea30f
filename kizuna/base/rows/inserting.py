"""Insert many objects with little work: one prepared statement, values straight from the objects, ids taken beforehand.

For the inner loops of imports. What Django does besides per value (expressions, defaults of the database, conversion of
whatever somebody set) is left out: the objects must hold values of their fields' own types.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def insert_many(objects: Sequence[Row], *, ignore_conflicts: bool = False) -> list[Row]:
    """Insert new objects of one model and give them their ids. Runs inside the caller's transaction.

    With `ignore_conflicts` rows that are there already are left out, and no ids are given.
    """
    if not objects:
        return []
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Many rows are inserted inside a transaction.")
    meta = type(objects[0])._meta
    pk = meta.pk.attname
    fields = [field for field in meta.concrete_fields if not (ignore_conflicts and field.attname == pk)]
    if not ignore_conflicts:
        for row, number in zip(objects, _ids(meta.db_table, str(meta.pk.column), len(objects)), strict=True):
            setattr(row, pk, number)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Names come from the model, never from outside.
    statement = f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    if ignore_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    adapters = _adapters()
    adapted = [
        (place, adapt) for place, field in enumerate(fields) if (adapt := adapters.get(field.get_internal_type()))
    ]
    names = [field.attname for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(row, names, adapted) for row in objects])
    if not ignore_conflicts:
        for row in objects:
            row._state.adding, row._state.db = False, connection.alias
    return list(objects)


def _values(row: Model, names: list[str], adapted: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = [getattr(row, name) for name in names]
    for place, adapt in adapted:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _adapters() -> dict[str, Callable[[Any], Any]]:
    """Return how values of some types go into the database; most moments of a batch are the same one."""
    ops = connection.ops
    return {
        "JSONField": _json,
        "DateTimeField": cache(ops.adapt_datetimefield_value),
        "DateField": ops.adapt_datefield_value,
    }


def _json(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, None) if connection.vendor == "postgresql" else json.dumps(value)


def _ids(table: str, column: str, count: int) -> list[int]:
    """Take so many ids that nobody else will get."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite has one writer, and this transaction is it; the sequence also remembers rows that are gone.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))
