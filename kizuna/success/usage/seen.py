"""Which message ids were taken before: sorted 64-bit hashes in files, one folder per UTC day of receiving.

The files are mapped, never loaded, so memory does not grow with what was received; days older than the window are
forgotten. A hash stands in for the id: with a billion ids in the window, one new event in some 18 billion is taken for
one seen before. The index is a set, so writing the same hashes twice, or merging files half way, does no harm.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

WINDOW = timedelta(days=35)
MERGED_FROM = 8
MERGED_BYTES = 32_000_000
SUFFIX = ".u64"


def hashed(message_id: str) -> int:
    """Return the 64-bit hash that stands for a message id."""
    return int.from_bytes(hashlib.blake2b(message_id.encode(), digest_size=8).digest(), "little")


class SeenIds:
    """The index as it was when opened; `fresh` also knows what it has let through since."""

    def __init__(self, folder: Path) -> None:
        self._runs = [run for path in sorted(folder.glob(f"day=*/*{SUFFIX}")) if len(run := _mapped(path))]
        self._taken: set[int] = set()

    def fresh(self, hashes: list[int]) -> list[bool]:
        """Say for each hash whether it is new, also within the list and since opening; from now on it is not."""
        known = self._known(hashes)
        found = []
        for number in hashes:
            is_new = number not in known and number not in self._taken
            if is_new:
                self._taken.add(number)
            found.append(is_new)
        return found

    def taken(self) -> set[int]:
        """Return what was let through since opening."""
        return self._taken

    def _known(self, hashes: list[int]) -> set[int]:
        if not self._runs or not hashes:
            return set()
        numpy = _numpy()
        wanted = numpy.unique(numpy.array(hashes, dtype="<u8"))
        known: set[int] = set()
        for run in self._runs:
            places = numpy.searchsorted(run, wanted)
            places[places == len(run)] = 0
            known.update(wanted[run[places] == wanted].tolist())
        return known


def write_run(path: Path, hashes: Iterable[int]) -> None:
    """Write hashes as a file of the index."""
    numpy = _numpy()
    path.write_bytes(numpy.unique(numpy.fromiter(hashes, dtype="<u8")).tobytes())


def tidy(folder: Path, *, today: date) -> None:
    """Forget days before the window, and merge a day's many small files into one."""
    for day_folder in sorted(folder.glob("day=*")):
        if date.fromisoformat(day_folder.name.removeprefix("day=")) < today - WINDOW:
            rmtree(day_folder)
            continue
        small = list(_small(day_folder))
        if len(small) >= MERGED_FROM:
            _merge(small)


def _small(day_folder: Path) -> Iterator[Path]:
    for path in sorted(day_folder.glob(f"*{SUFFIX}")):
        if path.stat().st_size < MERGED_BYTES:
            yield path


def _merge(paths: list[Path]) -> None:
    """Replace the files by one. Until the last one is gone hashes stand twice, which a set does not mind."""
    numpy = _numpy()
    merged = numpy.unique(numpy.concatenate([_mapped(path) for path in paths]))
    target = paths[0].with_suffix(".merging")
    target.write_bytes(merged.tobytes())
    target.rename(paths[0])
    for path in paths[1:]:
        path.unlink()


def _mapped(path: Path) -> Any:
    numpy = _numpy()
    if path.stat().st_size < 8:
        return numpy.empty(0, dtype="<u8")
    return numpy.memmap(path, dtype="<u8", mode="r", shape=(path.stat().st_size // 8,))


def _numpy() -> Any:
    import numpy  # only where usage is folded: never in a web process

    return numpy
