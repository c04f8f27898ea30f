"""What a job's function may ask about its own attempt: how far the one before came."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kizuna.base.jobs import claims
from kizuna.base.jobs.claims import Claim

_held: ContextVar[Claim | None] = ContextVar("kizuna_job", default=None)


def attempt() -> Claim | None:
    """Return the attempt that this code runs in, None outside of a job."""
    return _held.get()


def progress() -> dict[str, Any]:
    """Return what the last checkpoint of an earlier attempt noted; {} at the first."""
    held = _held.get()
    return dict(held.progress) if held else {}


def checkpoint(noted: dict[str, Any]) -> None:
    """Note how far the job came. Call it in the transaction of the step, so that both stand or neither.

    Raises LostLease when another worker has the job by now, which undoes the step. Outside of a job nothing is noted.
    """
    held = _held.get()
    if held is not None:
        claims.note(held, progress=noted)


@contextmanager
def holding(held: Claim) -> Iterator[None]:
    """Make `held` the attempt that the block belongs to."""
    before = _held.set(held)
    try:
        yield
    finally:
        _held.reset(before)
