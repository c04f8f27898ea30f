"""SQLite has one writer, so exactly one worker process serves the SQLite communities of an installation."""

import fcntl
import threading
from pathlib import Path
from typing import IO

from django.conf import settings

from kizuna.base.hosting import Community


class SqliteTurn:
    """A lock on a file of KIZUNA_HOME, taken at the first SQLite community and kept until the process ends."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None
        self._taking = threading.Lock()

    def may_visit(self, community: Community) -> bool:
        """Say whether this process may work in `community`."""
        return "sqlite3" not in community.database["ENGINE"] or self.take()

    def take(self) -> bool:
        """Take the lock unless another process has it; say whether this process has it now."""
        with self._taking:
            return self._file is not None or self._take()

    def _take(self) -> bool:
        path = Path(settings.KIZUNA_HOME) / "run" / "worker.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True
