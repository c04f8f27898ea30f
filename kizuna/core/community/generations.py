"""The generations as this request knows them: read once at its start, so that one page is made from one state.

SQLite tells by `PRAGMA data_version` (microseconds) whether another connection has committed since; only then, or after
an own bump, the rows are read again. PostgreSQL reads the rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from kizuna.base import hosting
from kizuna.base.rows import read_rows

_known: ContextVar[tuple[str, dict[str, int]] | None] = ContextVar("kizuna_generations", default=None)


@contextmanager
def of_this_request() -> Iterator[None]:
    """Read the generations once for the request inside."""
    token = _known.set((hosting.current().alias, read()))
    try:
        yield
    finally:
        _known.reset(token)


def known() -> dict[str, int]:
    """Return the generations of this request, or those of the database outside of one."""
    value = _known.get()
    if value is None or value[0] != hosting.current().alias:
        return read()
    return value[1]


def forget() -> None:
    """Forget what was known, now and again when the surrounding transaction commits."""
    _forget()
    transaction.on_commit(_forget)


def read() -> dict[str, int]:
    """Return the numbers as the database has them now."""
    if connection.vendor != "sqlite":
        return _rows()
    with connection.cursor() as cursor:
        version = cursor.execute("PRAGMA data_version").fetchone()[0]
    memo = getattr(connection, "_kizuna_generations", None)
    # The number counts for one opening of the database only: opened again, it may be the same after others have written.
    here = (connection.connection, version)
    if memo is None or memo[0] != here or connection.in_atomic_block:
        memo = (here, _rows())
        if not connection.in_atomic_block:
            connection._kizuna_generations = memo
    return memo[1]


def _forget() -> None:
    _known.set(None)
    if hasattr(connection, "_kizuna_generations"):
        del connection._kizuna_generations


def _rows() -> dict[str, int]:
    return dict(read_rows("SELECT name, number FROM community_generation"))  # type: ignore[arg-type]
