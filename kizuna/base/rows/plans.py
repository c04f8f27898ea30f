"""Plans that one connection to PostgreSQL keeps, run without a cursor: a third of what a small statement costs here is its cursor."""

import re
from collections.abc import Sequence
from typing import Any

MOST = 200  # texts; further ones go by cursors
HOLE = re.compile("%[%s]")


class Plans:
    """The prepared statements of one connection. Used by the thread that holds the connection."""

    def __init__(self, opened: Any) -> None:
        # PostgreSQL's client is imported where that database is used.
        from psycopg import pq
        from psycopg.adapt import PyFormat, Transformer

        self._has_rows, self._is_done = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK
        self._transformer, self._any_format = Transformer, PyFormat.AUTO
        self._opened = opened
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._made = 0

    def rows(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]] | None:
        """Return the rows, or None where the statement must be asked by a cursor: no place is left, or it failed.

        Reading again does no harm, and the cursor raises what is to be raised.
        """
        transformer = self._transformer(self._opened)
        values = transformer.dump_sequence(parameters, [self._any_format] * len(parameters))
        key = (statement, transformer.types or ())
        server = self._opened.pgconn
        name = self._names.get(key) or self._prepared(key)
        if name is None:
            return None
        result = server.exec_prepared(name, values, transformer.formats)
        if result.status != self._has_rows:
            self._names.pop(key, None)  # such as a table that has other columns now
            return None
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def _prepared(self, key: tuple[str, tuple[int, ...]]) -> bytes | None:
        if self._made >= MOST:
            return None
        statement, types = key
        self._made += 1
        name = f"kizuna_{self._made}".encode()
        made = self._opened.pgconn.prepare(name, _numbered(statement).encode(), types)
        if made.status != self._is_done:
            return None
        self._names[key] = name
        return name


def _numbered(statement: str) -> str:
    """Write `%s` as PostgreSQL's own `$1`, `$2`, …"""
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        count += 1
        return f"${count}"

    return HOLE.sub(place, statement)
