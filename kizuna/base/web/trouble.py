"""When neither the person nor the page is at fault: a database that is busy or away, a disk that is full."""

import errno
from typing import Literal

from django.db import InterfaceError, OperationalError

BUSY_SECONDS = 3  # the database waited that long for its lock already; somebody else will be done
FULL_SECONDS = 120  # somebody has to make room
FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# What SQLite and PostgreSQL say when nothing more can be written.
FULL_WORDS = ("disk is full", "disk I/O error", "No space left on device", "could not extend file")

Trouble = Literal["busy", "full"]
SECONDS: dict[Trouble, int] = {"busy": BUSY_SECONDS, "full": FULL_SECONDS}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what keeps this installation from answering, or None when the error is a fault of the program."""
    if isinstance(error, OSError):
        return "full" if error.errno in FULL_NUMBERS else None
    if not isinstance(error, (OperationalError, InterfaceError)):
        return None
    return "full" if any(words in str(error) for words in FULL_WORDS) else "busy"
