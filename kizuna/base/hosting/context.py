"""The community of the work at hand, in a context variable that threads and streamed answers respect."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

from kizuna.base.hosting.bundle import Community

_current: ContextVar[Community | None] = ContextVar("kizuna_community", default=None)


class NoCommunity(RuntimeError):
    """Work reached the database outside of any community."""


class OtherCommunity(RuntimeError):
    """Work tried to enter, read or save across two communities."""


def current() -> Community:
    """Return the community entered last, or raise NoCommunity."""
    community = _current.get()
    if community is None:
        raise NoCommunity("No community is entered: wrap this work in hosting.entered(community).")
    return community


def current_or_none() -> Community | None:
    return _current.get()


@contextmanager
def entered(community: Community) -> Iterator[Community]:
    """Do the block's work inside `community`. Entering another one inside it raises OtherCommunity."""
    before = enter(community)
    try:
        yield community
    finally:
        _current.reset(before)


def enter(community: Community) -> Token[Community | None]:
    """Enter `community` for the rest of this context (a request's own copied context)."""
    inside = _current.get()
    if inside is not None and inside is not community:
        raise OtherCommunity(f"Cannot enter {community.slug!r} inside {inside.slug!r}.")
    return _current.set(community)
