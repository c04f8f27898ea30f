"""Look into a mailbox: read what is new, hand each mail on, and only then mark it as seen.

The server is named by a manager, so it is not trusted: its address is checked as every outgoing connection is, and what it
sends has a size and a time.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from kizuna.base.outbound.addresses import is_allowed, is_listed
from kizuna.core.inbound.settings import LARGEST_MAIL

SECONDS = 20
PORTS = frozenset({143, 993})
AT_ONCE = 50
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_RETURN_PATH = re.compile(rb"^Return-Path:[ \t]{0,5}<([^<>\r\n]{0,254})>", re.IGNORECASE | re.MULTILINE)


class Failed(Exception):
    """The mailbox could not be read. `code` is one of `wording.BOX_ERRORS`; `detail` is what the server said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:200]


@dataclass(frozen=True)
class Place:
    """How to get into a mailbox."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str


@dataclass(frozen=True)
class Found:
    """One mail of a mailbox; `raw` is None when it is larger than may be."""

    uid: int
    raw: bytes | None

    @property
    def envelope_from(self) -> str:
        """Return the return path as the last server wrote it on top."""
        head = (self.raw or b"")[:4000].partition(b"\n\n")[0]
        found = _RETURN_PATH.search(head)
        return found[1].decode("ascii", "ignore") if found else "unknown"


class Mailbox:
    """An open mailbox."""

    def __init__(self, connection: imaplib.IMAP4, validity: int) -> None:
        self.connection = connection
        self.validity = validity

    def newer_than(self, uid: int) -> list[int]:
        """Return the numbers of the mails after `uid`, the oldest first, AT_ONCE at most."""
        _kind, data = self._ask("SEARCH", None, f"UID {uid + 1}:*")
        words = (data[0] or b"").split()
        return sorted(number for number in (int(word) for word in words if word.isdigit()) if number > uid)[:AT_ONCE]

    def fetch(self, uid: int) -> Found | None:
        """Return one mail, None when it is gone."""
        _kind, data = self._ask("FETCH", str(uid), "(RFC822.SIZE)")
        said = b" ".join(part if isinstance(part, bytes) else part[0] for part in data if part)
        size = _SIZE.search(said)
        if size is None:
            return None
        if int(size[1]) > LARGEST_MAIL:
            return Found(uid, None)
        _kind, data = self._ask("FETCH", str(uid), "(BODY.PEEK[])")
        raw = next((part[1] for part in data if isinstance(part, tuple)), None)
        return Found(uid, raw) if raw is not None else None

    def mark_seen(self, uid: int) -> None:
        self._ask("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")

    def _ask(self, *words: Any) -> tuple[str, list[Any]]:
        kind, data = self.connection.uid(*words)
        if kind != "OK":
            raise Failed("refused", _words(data))
        return kind, data


@contextmanager
def opened(place: Place) -> Iterator[Mailbox]:
    """Open a mailbox and close it again. Raises Failed."""
    connection = None
    try:
        connection = _connected(place)
        try:
            connection.login(place.username, place.password)
        except imaplib.IMAP4.error as error:
            raise Failed("login", str(error)) from None
        kind, data = connection.select(f'"{place.folder}"')
        if kind != "OK":
            raise Failed("folder", _words(data))
        validity = connection.response("UIDVALIDITY")[1]
        number = validity[0] if validity and validity[0] else b"0"
        yield Mailbox(connection, int(number) if bytes(number).isdigit() else 0)
    except Failed:
        raise
    except (OSError, ssl.SSLError, imaplib.IMAP4.error, ValueError) as error:
        raise Failed("connection", str(error) or type(error).__name__) from None
    finally:
        if connection is not None:
            try:
                connection.logout()
            except (OSError, imaplib.IMAP4.error):
                connection.shutdown()


def _connected(place: Place) -> imaplib.IMAP4:
    address = _checked(place)
    kind = _TLS if place.security == "tls" else _Plain
    connection = kind(place.host, place.port, address)
    if place.security == "starttls":
        connection.starttls(ssl_context=_tls())
    return connection


def _checked(place: Place) -> str:
    """Return the address to connect to: a public one at a port of mail, unless the operator lists host and port."""
    if is_listed(place.host, place.port):
        return _addresses(place)[0]
    if place.security == "none" or place.port not in PORTS:
        raise Failed("not_allowed")
    found = _addresses(place)
    if not all(map(is_allowed, found)):
        raise Failed("not_allowed")
    return found[0]


def _addresses(place: Place) -> list[str]:
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed("name", str(error)) from None
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class _Bounded:
    """An IMAP connection to one checked address that reads no more than a mail may be long."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._address = address
        super().__init__(host, port, timeout=SECONDS)  # type: ignore[call-arg]

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._address, self.port), timeout)  # type: ignore[attr-defined]

    def read(self, size: int) -> bytes:
        if size > LARGEST_MAIL:
            raise imaplib.IMAP4.abort("more than a mail may be long")
        return super().read(size)  # type: ignore[misc]


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _TLS(_Bounded, imaplib.IMAP4):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _tls().wrap_socket(super()._create_socket(timeout), server_hostname=self.host)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _words(data: Any) -> str:
    return b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
