"""Insert many objects with little work: one statement, values straight from the objects, ids taken beforehand.

For the inner loops of imports. What Django does besides per value (expressions, defaults of the database, conversion of
whatever somebody set) is left out: the objects must hold values of their fields' own types.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model

from kizuna.base.rows.plain import insert_plain

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
    values = attrgetter(*(field.attname for field in fields))
    names = [field.name for field in fields]
    insert_plain(type(objects[0]), names, map(values, objects), ignore_conflicts=ignore_conflicts)
    if not ignore_conflicts:
        for row in objects:
            row._state.adding, row._state.db = False, connection.alias
    return list(objects)


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
