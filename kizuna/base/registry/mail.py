"""What apps say about mail that arrives (core.inbound) and about what became of mail they sent (core.notifications)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MailRoute:
    """Mails to some addresses here, and what becomes of them.

    `wants(address=)` says whether mail to an address is taken at all; it is asked for every stranger's mail, so it must be
    cheap and tell nobody more than that. `uploader(arrived=)` returns the viewer to whom enclosed files belong, None to
    keep none. `take(arrived=, now=)` does the work in the transaction that notes it, and returns
    `core.inbound.arrivals.Taken`. `hosts()` yields host names besides the community's own.
    """

    name: str
    label: Any
    wants: Callable[..., bool]
    take: Callable[..., Any]
    uploader: Callable[..., Any]
    hosts: Callable[..., Any] | None = None


@dataclass(frozen=True)
class ReplyPlace:
    """Where an answer by mail to a notification goes: `place(kind=, target_type=, target_id=)` returns (type, id) or None."""

    name: str
    place: Callable[..., "tuple[str, int] | None"]


@dataclass(frozen=True)
class MailFate:
    """Who wants to know what became of mails of a kind: `tell(mail=, fate=, detail=, now=)`, in the transaction that notes it.

    `fate`: sent, failed, stopped, bounced, complained.
    """

    name: str
    kind: str
    tell: Callable[..., None]
