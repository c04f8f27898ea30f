"""The bytes of arrived mails: `media/mail-in/ab/KEY.eml`, in backups with the media, served by no address."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from kizuna.base import hosting

KEY = re.compile(r"[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Exception):
    """The disk is full. Nothing was kept."""


def folder() -> Path:
    return hosting.current().media / "mail-in"


def path_of(key: str) -> Path:
    """Return where the bytes of `key` lie. Raises ValueError when `key` is not one of ours."""
    if not KEY.fullmatch(key):
        raise ValueError("not a key of a mail")
    return folder() / key[:2] / f"{key}.eml"


def write(key: str, raw: bytes) -> None:
    """Write the bytes whole and synced, the folder's entry included."""
    path = path_of(key)
    temporary = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb", opener=_private) as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in FULL:
            raise NoRoom from error
        raise


def read(key: str) -> bytes:
    return path_of(key).read_bytes()


def remove(key: str) -> None:
    if key:
        path_of(key).unlink(missing_ok=True)


def kept() -> Iterator[tuple[str, float]]:
    """Yield (key, when it was written) of every file."""
    for path in folder().glob("*/*.eml"):
        if KEY.fullmatch(path.stem):
            yield path.stem, path.stat().st_mtime


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
