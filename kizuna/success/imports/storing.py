"""Where the file of a run lies: in the community's own folder, for nobody but the process."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kizuna.base import hosting
from kizuna.base.tables.writing import reason_headers
from kizuna.core.members.policies import Refused

MOST_BYTES = 500_000_000
PIECE = 1 << 20
LANGUAGES = ("ja", "en")


def folder_of(run_id: int) -> Path:
    """Return the folder of a run."""
    return hosting.current().folder / "imports" / "tables" / str(run_id)


def table_of(run_id: int) -> Path:
    return folder_of(run_id) / "table"


class Arriving:
    """A file that is being copied in: its digest and length are known before a run is."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        folder = hosting.current().folder / "imports" / "tables"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"arriving-{os.getpid()}-{os.urandom(6).hex()}"
        digest, size = hashlib.sha256(), 0
        try:
            with open(self.path, "wb", opener=private) as out:
                for piece in pieces:
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise Refused(_("The file is larger than 500 MB."), field="file", code="too_large")
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise
        self.digest, self.size = digest.hexdigest(), size

    def settle(self, run_id: int) -> None:
        """Give the file to its run."""
        folder_of(run_id).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.rename(table_of(run_id))

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def pieces_of(file: BinaryIO) -> Iterable[bytes]:
    """Yield the pieces of an open file."""
    while piece := file.read(PIECE):
        yield piece


def forget(run_id: int) -> None:
    """Remove everything that lies in files of a run."""
    shutil.rmtree(folder_of(run_id), ignore_errors=True)


def ignored_headers() -> list[str]:
    """Return the headers in front of bad rows in every language: whoever reads such a file leaves them out."""
    found: list[str] = []
    for language in LANGUAGES:
        with translation.override(language):
            found += reason_headers()
    return found


def private(path: str, flags: int) -> int:
    """Open a file for nobody but the process (an `opener`)."""
    return os.open(path, flags, 0o600)
