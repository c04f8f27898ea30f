"""A new database's schema is made at once; the migrations, one after the other, come to the same."""

import gc
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from kizuna.base.hosting import directory, entered
from kizuna.interfaces.cli import schema
from kizuna.interfaces.cli.commands.migrate import migrate_community
from tests.databases import _make_postgresql, _url, is_postgresql

TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")

NUMBERED_BY_DJANGO = {
    ("auth_permission", "id"),
    ("auth_permission", "content_type_id"),
    ("django_content_type", "id"),
}

# The join table of Django's own groups, which nothing here uses: replaying numbers it with our kind of id, it with its own.
NOT_OURS = ("auth_group_permissions", "id ")

POSTGRESQL_PARTS = """
SELECT table_name, column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' '
       || is_identity || ' ' || coalesce(character_maximum_length::text, '') || ' ' || coalesce(collation_name, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


@pytest.fixture
def empty(django_db_blocker, communities, worker_id):
    """Return a function that makes a community without a single table."""
    slugs = []

    def make(slug: str):
        url = _url(slug, worker_id)
        if url:
            _make_postgresql(url)
        slugs.append(f"{slug}{worker_id}")
        made = directory().add(slug=slugs[-1], hosts=[f"{slug}.test"], database_url=url)
        made.make_folders()
        return made

    with django_db_blocker.unblock():
        yield make
    for slug in slugs:
        directory().remove(slug)


def _filled(community, way: str) -> tuple:
    with entered(community):
        if way == "at once":
            migrate_community(community, verbosity=0)
            call_command("migrate", check_unapplied=True, verbosity=0)
        else:
            call_command("migrate", verbosity=0, interactive=False)
        try:
            return _parts(), _rows()
        finally:
            connection.close()


def _parts() -> set[tuple[str, str]]:
    """Return every column, index, key and check of the schema as (table, definition), in no order."""
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(POSTGRESQL_PARTS)
            return {(table, part) for table, part in cursor.fetchall() if (table, part[:3]) != NOT_OURS}
        cursor.execute("SELECT name, coalesce(sql, '') FROM sqlite_master")
        return {(name, part) for name, sql in cursor.fetchall() for part in _pieces(sql)}


def _pieces(sql: str) -> list[str]:
    """Split the body of a CREATE TABLE at its own commas: the order of columns may differ, the columns may not."""
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    pieces, depth, piece = [], 0, ""
    for letter in sql[sql.index("(") + 1 : sql.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            pieces.append(piece.strip())
            piece = ""
        else:
            piece += letter
    return [*pieces, piece.strip()]


def _rows() -> dict[str, list]:
    """Return every row of every table, without its times and without Django's numbers of its own bookkeeping."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            found[table] = sorted(
                sorted(
                    (name, str(value))
                    for name, value in zip(columns, row, strict=True)
                    if not _is_time(value) and (table, name) not in NUMBERED_BY_DJANGO
                )
                for row in cursor.fetchall()
            )
    return found


def _is_time(value: object) -> bool:
    return isinstance(value, datetime) or (isinstance(value, str) and TIMES.match(value) is not None)


def _stopped(community) -> None:
    """Stop in the middle, and leave the transaction as a process that ends would."""

    def stop(execute, sql, params, many, context):
        if "INSERT INTO" in sql and "members_audience" in sql:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with entered(community), connection.execute_wrapper(stop):
        migrate_community(community, verbosity=0)


def _is_empty(community) -> bool:
    with entered(community):
        try:
            return schema.is_empty()
        finally:
            connection.close()


def test_both_ways_make_the_same_tables_and_rows(empty):
    parts, rows = Context().run(_filled, empty("once"), "at once")
    stepped_parts, stepped_rows = Context().run(_filled, empty("steps"), "step by step")
    assert parts - stepped_parts == set()
    assert stepped_parts - parts == set()
    sequences = rows.pop("sqlite_sequence", []), stepped_rows.pop("sqlite_sequence", [])
    assert len(sequences[0]) == len(sequences[1])
    assert {table: kept for table, kept in rows.items() if kept != stepped_rows.get(table)} == {}
    assert stepped_rows.keys() == rows.keys()
    assert len(rows["members_audience"]) == 3


def test_a_stopped_run_leaves_nothing_and_the_next_one_makes_all(empty):
    community = empty("stopped")
    ended = ThreadPoolExecutor(1).submit(Context().run, _stopped, community).exception()
    assert isinstance(ended, (KeyboardInterrupt, DatabaseError))
    gc.collect()  # the thread's connection goes with it
    assert Context().run(_is_empty, community)
    _, rows = Context().run(_filled, community, "at once")
    assert len(rows["members_audience"]) == 3
