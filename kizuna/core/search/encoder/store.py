"""The vectors of a community: one file of fixed-size records in its bundle, memory-mapped by the encoder process.

A record is row id, two scales, title vector, body vector (int8). Records are appended or overwritten in place under a file
lock by the job that encodes; a reader that maps the file meanwhile sees whole records or, at worst for one search, an
old one. The file can be thrown away: `kizuna rebuild search` makes it again.
"""

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from kizuna.base.text import ranking, vectors

RECORD = np.dtype(
    [
        ("row", "<i8"),
        ("title_scale", "<f4"),
        ("body_scale", "<f4"),
        ("title", "i1", (vectors.DIMENSIONS,)),
        ("body", "i1", (vectors.DIMENSIONS,)),
    ]
)


def mapped(file: Path) -> np.ndarray:
    """Return the records of a file, mapped into memory and read only; empty when there is none."""
    try:
        count = file.stat().st_size // RECORD.itemsize
    except FileNotFoundError:
        count = 0
    return np.memmap(file, dtype=RECORD, mode="r", shape=(count,)) if count else np.zeros(0, dtype=RECORD)


def put(file: Path, *, rows: Sequence[int], titles: np.ndarray, bodies: np.ndarray) -> None:
    """Write the vectors (n, 512) float32 of rows; rows known already are overwritten in place."""
    records = np.zeros(len(rows), dtype=RECORD)
    records["row"] = rows
    records["title"], records["title_scale"] = vectors.quantise(titles)
    records["body"], records["body_scale"] = vectors.quantise(bodies)
    with _opened(file) as out:
        known = _positions(file)
        end = out.seek(0, 2) // RECORD.itemsize
        for record in records:
            position = known.get(int(record["row"]))
            if position is None:
                position, end = end, end + 1
            out.seek(position * RECORD.itemsize)
            out.write(record.tobytes())


def keep_only(file: Path, rows: Iterable[int]) -> int:
    """Blank the records of all other rows; return how many. What was erased leaves no vector behind."""
    kept = set(rows)
    with _opened(file) as out:
        gone = [position for row, position in _positions(file).items() if row not in kept]
        for position in gone:
            out.seek(position * RECORD.itemsize)
            out.write(bytes(RECORD.itemsize))
    return len(gone)


def nearest(records: np.ndarray, vector: np.ndarray, *, limit: int) -> list[tuple[int, float]]:
    """Return the rows nearest to a unit vector with their similarity, best first."""
    if not len(records) or not vector.any():
        return []
    title = vectors.similarities(vector, records["title"], records["title_scale"])
    body = vectors.similarities(vector, records["body"], records["body_scale"])
    near = (title + ranking.BODY_SIMILARITY * body) / (1 + ranking.BODY_SIMILARITY)
    has_title, has_body = records["title_scale"] > 0, records["body_scale"] > 0
    near = np.where(has_title & has_body, near, np.where(has_title, title, body))
    near[(records["row"] == 0) | ~(has_title | has_body)] = -1.0
    best = np.argpartition(-near, min(limit, len(near)) - 1)[:limit]
    best = best[np.argsort(-near[best], kind="stable")]
    return [(int(records["row"][index]), float(near[index])) for index in best if near[index] > -1]


def _positions(file: Path) -> dict[int, int]:
    return {int(row): position for position, row in enumerate(mapped(file)["row"]) if row}


@contextmanager
def _opened(file: Path) -> Iterator:
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "r+b" if file.exists() else "w+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        yield out
