"""Headers of mails as they come: encoded words in any state, raw bytes, addresses that are none."""

import base64
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from kizuna.core.inbound.parsing.charsets import decoded, guessed

LONGEST = 2_000
_FOLD = re.compile(r"\r?\n[ \t]*")
_CONTROL = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9.-]{1,190}")
_WORD = re.compile(r"=\?([A-Za-z0-9_.:*+-]{1,60})\?([BbQq])\?([^?]{0,2000})\?=")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def header(message: Message, name: str) -> str:
    """Return a header's text in one line, "" when there is none."""
    for value in headers(message, name):
        return value
    return ""


def headers(message: Message, name: str) -> Iterator[str]:
    """Yield every header of that name, decoded, each in one line."""
    for raw in raw_headers(message, name):
        yield one_line(words(raw))


def raw_headers(message: Message, name: str) -> Iterator[str]:
    """Yield every header of that name as it stands, in one line, cut to what a header needs."""
    wanted = name.lower()
    for found, value in message.raw_items():
        if found.lower() == wanted:
            yield _FOLD.sub(" ", str(value))[: LONGEST * 4]


def words(value: str) -> str:
    """Return the text of a header's raw value: encoded words, raw bytes, or both in a row."""
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for found in _WORD.finditer(value):
        between = value[end : found.start()]
        is_split = bool(pending) and not between.strip() and found[1].lower() == charset
        if not is_split:  # letters may be cut in two between words of one charset, so these are read together
            out.append(decoded(pending, charset))
            out.append("" if pending and not between.strip() else _raw(between))
            pending = b""
        pending += _unwrapped(found[2].upper(), found[3])
        charset, end = found[1].lower().partition("*")[0], found.end()
    out.append(decoded(pending, charset))
    out.append(_raw(value[end:]))
    return "".join(out)


def _raw(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return text if raw.isascii() and b"\x1b" not in raw else guessed(raw)


def _unwrapped(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "ignore")
    if encoding == "Q":
        return quopri.decodestring(raw.replace(b"_", b" "))
    clean = _NOT_BASE64.sub(b"", raw)
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except ValueError:
        return raw


def one_line(text: str) -> str:
    """Return the text without line ends, control and direction characters."""
    return _CONTROL.sub(" ", text)[:LONGEST].strip()


def addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """Return (name, address) of everybody a header names; addresses are checked for their shape."""
    found = []
    for raw in raw_headers(message, name):
        for shown, address in _parsed(raw):
            address = address.strip().strip("<>").encode("ascii", "ignore").decode()
            if _ADDRESS.fullmatch(address):
                found.append((one_line(words(shown)).strip("\"' "), address))
    return found[:200]


def _parsed(raw: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([raw])
    except (RecursionError, ValueError, IndexError):  # brackets within brackets
        return []


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    """Return the Message-IDs a header names, in order, each once."""
    found: dict[str, None] = {}
    for raw in raw_headers(message, name):
        found.update(dict.fromkeys(_MESSAGE_ID.findall(raw)))
    return tuple(found)[-60:]


def date(message: Message) -> datetime | None:
    """Return when a mail says it was written, or None when it says nothing sensible."""
    for raw in raw_headers(message, "Date"):
        try:
            moment = parsedate_to_datetime(raw)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def is_address(text: str) -> bool:
    """Tell whether a text has the shape of one address."""
    return bool(_ADDRESS.fullmatch(text))


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")
