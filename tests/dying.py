"""Work in a child process that kills itself with -9 at a chosen point."""

import os
import signal
import sys
from collections.abc import Callable, Collection

from django.db import connection


class Passages:
    """Counts the calls and returns of functions in the files watched, and dies at one of them (never at 0)."""

    def __init__(self, die_at: int, *, watched: tuple[str, ...], often: Collection[str]) -> None:
        self.die_at = die_at
        self.watched = watched
        self.often = often
        self.count = 0

    def __call__(self, frame, kind, arg) -> None:
        code = frame.f_code
        if kind in ("call", "return") and code.co_filename.endswith(self.watched) and code.co_name not in self.often:
            self.count += 1
            if self.count == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)


def in_a_child(
    work: Callable[[], object], die_at: int, *, watched: tuple[str, ...], often: Collection[str]
) -> tuple[int, int]:
    """Work in another process; return the signal that ended it and how many points it passed."""
    connection.close()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        passages = Passages(die_at, watched=watched, often=often)
        sys.setprofile(passages)
        try:
            work()
        finally:
            sys.setprofile(None)
            os.write(writer, str(passages.count).encode())
            os._exit(0)
    os.close(writer)
    _pid, status = os.waitpid(child, 0)
    with os.fdopen(reader) as said:
        return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), int(said.read() or 0)
