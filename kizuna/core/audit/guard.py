"""The database's own refusal to change or delete an entry, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLE = "audit_auditentry"
SQLITE = [
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    f"CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]
SQLITE_OFF = ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"]
POSTGRESQL_OFF = [
    f"DROP TRIGGER IF EXISTS audit_append_only ON {TABLE}",
    f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
]


def raise_guard() -> None:
    """Let the database refuse every change of an entry from now on."""
    _run(POSTGRESQL if connection.vendor == "postgresql" else SQLITE)


def lower_guard() -> None:
    """Let entries be replaced: only where a whole community is put in the place of an empty one."""
    _run(POSTGRESQL_OFF if connection.vendor == "postgresql" else SQLITE_OFF)


@contextmanager
def lowered() -> Iterator[None]:
    """Replace a whole log inside the block. Call it in a transaction, so that a failure raises the guard again."""
    lower_guard()
    yield
    raise_guard()


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
