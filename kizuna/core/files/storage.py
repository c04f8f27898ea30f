"""The bytes: `media/ab/KEY` in the community's own folder, written whole or not at all."""

import errno
import os
import re
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kizuna.base import hosting

KEY = re.compile(r"[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = _("There is no room for the file at the moment. Please try again later.")


class StorageFull(Exception):
    """There is no room for the file. Nothing was kept."""


def path_of(key: str, *, width: int | None = None) -> Path:
    """Return where the bytes of `key` lie. Raises ValueError when `key` is not one of ours."""
    if not KEY.fullmatch(key):
        raise ValueError("not a file key")
    suffix = f".w{width}" if width else ""
    return hosting.current().media / key[:2] / f"{key}{suffix}"


def write(key: str, content: bytes, *, width: int | None = None) -> None:
    """Write and sync the bytes under a temporary name, then give them their own."""
    path = path_of(key, width=width)
    temporary = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in FULL:
            raise StorageFull from error
        raise


def read(key: str) -> bytes:
    return path_of(key).read_bytes()


def remove(key: str, *, widths: list[int]) -> None:
    for width in (None, *widths):
        path_of(key, width=width).unlink(missing_ok=True)
