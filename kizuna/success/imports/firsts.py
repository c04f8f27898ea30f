"""Where in a file something was said first. On disk, so that a file of any length needs little memory."""

import sqlite3
import tempfile
from pathlib import Path

CACHE_KILOBYTES = 32_768


class Firsts:
    """Keys of a file with the line that said something of them first, and what (a digest; "" for nothing)."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kizuna-import-")
        self._database = sqlite3.connect(Path(self._folder.name) / "firsts.sqlite3", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
        self._database.execute("CREATE TABLE first (key TEXT PRIMARY KEY, line INTEGER, said TEXT) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def claim(self, key: str, said: str, line: int) -> tuple[int, str]:
        """Return (line, what) of the first saying; this one when there was none that said anything."""
        found = self._database.execute("SELECT line, said FROM first WHERE key = ?", (key,)).fetchone()
        if found is None:
            self._database.execute("INSERT INTO first VALUES (?, ?, ?)", (key, line, said))
            return line, said
        if said and not found[1]:
            self._database.execute("UPDATE first SET said = ? WHERE key = ?", (said, key))
            return found[0], said
        return found[0], found[1]

    def forget(self, key: str, line: int) -> None:
        """Take a saying back whose row turned out bad, so that a later row may be the first."""
        self._database.execute("DELETE FROM first WHERE key = ? AND line = ?", (key, line))

    def close(self) -> None:
        self._database.close()
        self._folder.cleanup()
