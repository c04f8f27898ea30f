"""A fold's files: made in a staging folder of its own, moved to where they are read once the fold's row stands.

`staging/MARK/…` mirrors the usage folder: `day=2026-11-26/MARK.jsonl.gz` (events) and `seen/day=…/MARK.u64` (message ids).
"""

import gzip
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from shutil import rmtree

from kizuna.base.journal.segments import sync_folder

EVENTS, GZIP_LEVEL = ".jsonl.gz", 1


class Staging:
    """The files of one fold before they count."""

    def __init__(self, usage_folder: Path, mark: str) -> None:
        self.usage_folder = usage_folder
        self.mark = mark
        self.folder = usage_folder / "staging" / mark
        self.days: set[date] = set()

    def add_events(self, day: date, lines: Iterable[bytes]) -> None:
        """Append lines to the events of a UTC day (a gzip file may consist of several parts)."""
        with self._place(f"day={day}", self.mark + EVENTS).open("ab") as file:
            file.write(gzip.compress(b"".join(lines), GZIP_LEVEL, mtime=0))
        self.days.add(day)

    def seen_file(self, day: date) -> Path:
        """Return where the message ids received on a UTC day go."""
        return self._place(f"seen/day={day}", self.mark + ".u64")

    def make_durable(self) -> None:
        """Return when every file would survive a power cut."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.rglob("*")):
            if path.is_dir():
                sync_folder(path)
            else:
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        for folder in (self.folder, self.folder.parent, self.usage_folder):
            sync_folder(folder)

    def publish(self) -> None:
        """Move the files to where they are read; again after a crash it moves the rest."""
        if not self.folder.exists():
            return
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            target = self.usage_folder / path.relative_to(self.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            sync_folder(target.parent)
            sync_folder(target.parent.parent)
        sync_folder(self.usage_folder)
        rmtree(self.folder)

    def _place(self, folder: str, name: str) -> Path:
        place = self.folder / folder
        place.mkdir(parents=True, exist_ok=True)
        return place / name


def forget_strangers(usage_folder: Path, *, known_marks: set[str]) -> None:
    """Remove what folds left behind that died before their row stood: their segments are still there."""
    for folder in (usage_folder / "staging").glob("*"):
        if folder.name not in known_marks:
            rmtree(folder)


def event_lines(usage_folder: Path, *, mark: str, days: Iterable[str]) -> Iterator[bytes]:
    """Yield a fold's published events, in an order that is the same each time."""
    for day in sorted(days):
        with gzip.open(usage_folder / f"day={day}" / (mark + EVENTS)) as file:
            yield from file
