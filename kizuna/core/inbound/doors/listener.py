"""The listener: LMTP or SMTP for the mail server in front. 250 is said after the mail is on the disk and its row committed.

It knows every community of the installation and takes mail only to addresses that somebody in one of them wants.
"""

import asyncio
import logging
import signal
from dataclasses import dataclass
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import Error as DatabaseTrouble
from django.db import connection
from django.utils import timezone

from kizuna.base.hosting import Community, UnknownCommunity, directory, entered
from kizuna.core.inbound import actions, queries
from kizuna.core.inbound.parsing import headers
from kizuna.core.inbound.settings import LARGEST_MAIL

logger = logging.getLogger("kizuna.mail")

MOST_CONNECTIONS = 50
MOST_RECIPIENTS = 50
IDLE_SECONDS = 120
LONGEST_LINE = 65_536  # longer than mail may be, for those who do not know
STOP_SECONDS = 20
OK = "250 2.0.0 Kept"
UNKNOWN = "550 5.1.1 No such address here"
LATER = "451 4.3.0 Please try again later"
FULL = "452 4.5.3 Too many recipients"
REASONS = {
    "too large": "552 5.3.4 Message too large",
    "no room": "452 4.3.1 No room at the moment",
    "too many mails wait": "451 4.3.2 Busy, please try again later",
    "too many mails from this sender": "451 4.7.1 Too many mails, please try again later",
}


@dataclass(frozen=True)
class Wanted:
    """An address that a community wants."""

    community: Community
    address: str


class Door:
    """What aiosmtpd asks for each command. Work on databases runs in threads."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self.busy = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return FULL
        try:
            wanted = await asyncio.to_thread(find, address)
        except Exception:
            logger.exception("an address could not be looked up")
            return LATER
        if wanted is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        _list_of(envelope).append(wanted)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.busy += 1
        try:
            answers = [
                await asyncio.to_thread(
                    keep, wanted, raw=envelope.original_content or b"", envelope_from=_plain(envelope.mail_from),
                    door=self.protocol,
                )
                for wanted in _list_of(envelope)
            ]  # fmt: skip
        finally:
            self.busy -= 1
        if self.protocol == "lmtp":  # one answer for each recipient
            return "\r\n".join(answers)
        return next((answer for answer in answers if not answer.startswith("250")), OK)


def find(address: str) -> Wanted | None:
    """Return which community wants this address, None when nobody does."""
    address = address.strip().lower()
    host = headers.domain_of(address)
    if not headers.is_address(address):
        return None
    for community in _candidates(host):
        with entered(community):
            try:
                if queries.is_wanted(address):
                    return Wanted(community, address)
            finally:
                connection.close()
    return None


def keep(wanted: Wanted, *, raw: bytes, envelope_from: str, door: str) -> str:
    """Keep a mail and return what the sending server is told."""
    with entered(wanted.community):
        try:
            actions.keep(raw=raw, recipient=wanted.address, envelope_from=envelope_from, door=door, now=timezone.now())
        except actions.NotTaken as why:
            return REASONS.get(why.reason, LATER)
        except (DatabaseTrouble, OSError):
            logger.exception("%s: a mail could not be kept; the sender will try again", wanted.community.slug)
            return LATER
        finally:
            connection.close()
    return OK


def _plain(address: str | None) -> str:
    """Return the return path; an empty one is written as `<>`."""
    return (address or "").strip().strip("<>")


def _candidates(host: str) -> list[Community]:
    """Return the communities that may want mail to a host: the one that answers there, else those that say so."""
    try:
        return [directory().for_host(host)]
    except UnknownCommunity:
        return [community for community in directory().all() if host in _hosts_of(community)]


def _hosts_of(community: Community) -> set[str]:
    with entered(community):
        try:
            return queries.hosts()
        finally:
            connection.close()


def _list_of(envelope: Any) -> list[Wanted]:
    """Return what was found for the recipients so far; it ends with the envelope."""
    if not hasattr(envelope, "kizuna_wanted"):
        envelope.kizuna_wanted = []
    return envelope.kizuna_wanted


class _Counted:
    """Turns connections beyond the limit away."""

    line_length_limit = LONGEST_LINE
    open_connections = 0
    is_counted = False

    def connection_made(self, transport: Any) -> None:
        kind = type(self)
        if kind.open_connections >= MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            transport.abort() if transport.is_closing() else transport.close()
            self.is_turned_away = True
            return
        kind.open_connections += 1
        self.is_counted = True
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_counted:
            return
        type(self).open_connections -= 1
        self.is_counted = False
        super().connection_lost(error)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        if self.is_counted:
            super().data_received(data)  # type: ignore[misc]

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.is_counted else None  # type: ignore[misc]


class CountedSMTP(_Counted, SMTP):
    pass


class CountedLMTP(_Counted, LMTP):
    pass


KINDS = {"smtp": CountedSMTP, "lmtp": CountedLMTP}


async def listen(*, host: str, port: int, protocol: str, stop: asyncio.Event | None = None) -> None:
    """Take mail until `stop` is set or a signal comes; mails in hand are finished first."""
    loop = asyncio.get_running_loop()
    stopping = stop or asyncio.Event()
    if stop is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
    door = Door(protocol)

    def made() -> SMTP:
        return KINDS[protocol](
            door, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="kizuna", ident="Kizuna",
            timeout=IDLE_SECONDS, loop=loop, command_call_limit={"*": 200},
        )  # fmt: skip

    server = await loop.create_server(made, host, port)
    logger.info("takes mail on %s:%s (%s)", host, port, protocol)
    await stopping.wait()
    server.close()
    deadline = loop.time() + STOP_SECONDS
    while door.busy and loop.time() < deadline:
        await asyncio.sleep(0.05)
