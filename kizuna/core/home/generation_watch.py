"""What the generations are, cheaply enough to ask on every hit of the page cache.

SQLite: one `PRAGMA data_version` on a connection of this thread's own; a changed number means read the rows again.
PostgreSQL: one listening connection per community and process; its thread reads the rows when told. Lost: None.
"""

import sqlite3
import threading
import time
from pathlib import Path

import psycopg
from django.db import connection

from kizuna.base.hosting import Community
from kizuna.core.community.actions import CHANNEL

SQL = "SELECT name, number FROM community_generation ORDER BY name"
RETRY_SECONDS = 5
LISTEN_SECONDS = 30

Generation = tuple[tuple[str, int], ...]
_thread = threading.local()


def watch(community: Community) -> Generation | None:
    """Return the generations of `community` as of now, or None when nobody can tell."""
    url = community.database_url
    if url and not url.startswith("sqlite"):
        listener: Listener = community.caches.setdefault("generation_listener", Listener())
        return listener.generation_of(community)
    return _from_sqlite(community)


def _from_sqlite(community: Community) -> Generation | None:
    watches: dict[str, tuple[sqlite3.Connection, int, Generation]] = _thread.__dict__.setdefault("watches", {})
    known = watches.get(community.alias)
    try:
        if known is None:
            path = Path(community.database["NAME"])
            link = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0.2, isolation_level=None)
            known = (link, -1, ())
        link, seen, generation = known
        version = link.execute("PRAGMA data_version").fetchone()[0]
        if version != seen:
            generation = tuple(link.execute(SQL).fetchall())
            watches[community.alias] = (link, version, generation)
        return generation
    except sqlite3.Error:
        watches.pop(community.alias, None)
        return None


class Listener:
    """One LISTEN connection in a thread of its own; started by the first question."""

    def __init__(self) -> None:
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._generation: Generation | None = None

    def generation_of(self, community: Community) -> Generation | None:
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    parameters = connection.get_connection_params()
                    self._thread = threading.Thread(target=self._run, args=(parameters,), daemon=True)
                    self._thread.start()
        return self._generation

    def _run(self, parameters: dict) -> None:
        wanted = {
            name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)
        }
        while True:
            try:
                with psycopg.connect(**wanted, autocommit=True, connect_timeout=5) as link:
                    link.execute(f"LISTEN {CHANNEL}")
                    self._read(link)
                    while True:
                        for _notice in link.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                            pass
                        self._read(link)
            except psycopg.Error:
                self._generation = None
                time.sleep(RETRY_SECONDS)

    def _read(self, link: psycopg.Connection) -> None:
        self._generation = tuple(link.execute(SQL).fetchall())
