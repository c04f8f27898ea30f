"""Many rows in one statement, from plain values: inserted, or changed where they are. For the inner loops of imports.

PostgreSQL gets a column as one array, SQLite a prepared statement per row. Values must be of their fields' own types.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

TEXTS = frozenset({"CharField", "TextField", "SlugField", "EmailField", "URLField"})
WHOLE = frozenset({
    "AutoField", "BigAutoField", "BigIntegerField", "ForeignKey", "IntegerField", "OneToOneField", "PositiveBigIntegerField",
    "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField",
})  # fmt: skip


def insert_plain(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows that hold the fields `names` (every one without a default in the database). No ids are given."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(_quoted(field) for field in fields)
    end = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    table = connection.ops.quote_name(model._meta.db_table)
    # Names come from the model, never from outside.
    if connection.vendor == "postgresql":
        statement = f"INSERT INTO {table} ({columns}) SELECT * FROM UNNEST({_arrays(fields)}){end}"  # noqa: S608
    else:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}){end}"  # noqa: S608
    _run(statement, fields, rows)


def update_many(objects: Sequence[Model], names: Sequence[str]) -> None:
    """Write the fields `names` of objects of one model that are there, as they are now."""
    if not objects or not names:
        return
    model = type(objects[0])
    fields = [*(_field(model, name) for name in names), model._meta.pk]
    table, pk = connection.ops.quote_name(model._meta.db_table), _quoted(fields[-1])
    if connection.vendor == "postgresql":
        columns = ", ".join(_quoted(field) for field in fields)
        changes = ", ".join(f"{_quoted(field)} = said.{_quoted(field)}" for field in fields[:-1])
        statement = (
            f"UPDATE {table} SET {changes} FROM UNNEST({_arrays(fields)}) AS said ({columns}) "  # noqa: S608
            f"WHERE {table}.{pk} = said.{pk}"
        )
    else:
        changes = ", ".join(f"{_quoted(field)} = %s" for field in fields[:-1])
        statement = f"UPDATE {table} SET {changes} WHERE {pk} = %s"  # noqa: S608
    _run(statement, fields, [[getattr(row, field.attname) for field in fields] for row in objects])


def _run(statement: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Many rows are written inside a transaction.")
    columns: list[Any] = [_ready(field, values) for field, values in zip(fields, zip(*rows, strict=True), strict=False)]
    if not columns:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(statement, columns)
        else:
            cursor.executemany(statement, list(zip(*columns, strict=True)))


def _ready(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Return a column as the database takes it; None stays None."""
    convert = _CONVERT[connection.vendor].get(field.get_internal_type())
    if convert is None:
        return list(values)
    if convert is _moment:
        convert = cache(_moment)  # most moments of a batch are the same one
    return [None if value is None else convert(value) for value in values]


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


_CONVERT: dict[str, dict[str, Callable[[Any], Any]]] = {
    "sqlite": {"JSONField": json.dumps, "DateTimeField": _moment, "DateField": str},
    # An array's elements must be of one type exactly, and a choice is a kind of text.
    "postgresql": {"JSONField": json.dumps, **dict.fromkeys(TEXTS, str), **dict.fromkeys(WHOLE, int)},
}


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))


def _arrays(fields: Sequence[Any]) -> str:
    """Return a parameter for each column. Texts are cast to text: a cast to their own type would cut them off silently."""
    types = ("text" if field.get_internal_type() in TEXTS else field.db_type(connection) for field in fields)
    return ", ".join(f"%s::{kind}[]" for kind in types)
