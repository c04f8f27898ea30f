"""The tree of a mail: which parts are its text, which are attachments, and limits on both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

from kizuna.core.inbound.parsing import headers
from kizuna.core.inbound.parsing.charsets import decoded

MOST_PARTS = 200
DEEPEST = 20
_BOUNDARIES = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_MOST_MULTIPARTS = 100
LONGEST_TEXT = 400_000


class Unreadable(ValueError):
    """The bytes are no mail that can be taken apart: too deep, or too many parts."""


@dataclass(frozen=True)
class Leaf:
    """A part without parts."""

    message: Message
    content_type: str
    name: str
    is_inline: bool  # shown within the text, or text itself
    is_alternative: bool = False

    def content(self) -> bytes:
        """Return the bytes behind the transfer encoding; what is broken in it is left out."""
        raw = self.message.get_payload(decode=True)
        return raw if isinstance(raw, bytes) else b""

    def text(self) -> str:
        return decoded(self.content()[:LONGEST_TEXT], self.charset())

    def charset(self) -> str:
        return parameter(self.message, "charset")


def require_sane(raw: bytes) -> None:
    """Refuse what would cost the parser too much. Raises Unreadable."""
    if len(_BOUNDARIES.findall(raw)) > _MOST_MULTIPARTS:
        raise Unreadable("too many nested parts")


def leaves(message: Message) -> list[Leaf]:
    """Return the parts without parts, in order. Raises Unreadable beyond the limits."""
    found: list[Leaf] = []
    for leaf in _walk(message, depth=0, is_alternative=False):
        found.append(leaf)
        if len(found) > MOST_PARTS:
            raise Unreadable("too many parts")
    return found


def parameter(message: Message, name: str) -> str:
    """Return a parameter of Content-Type in lower case, "" when it is missing or broken."""
    try:
        value = message.get_param(name, "")
        return collapse_rfc2231_value(value).strip().lower() if value else ""  # type: ignore[arg-type]
    except (ValueError, TypeError, LookupError):
        return ""


def _walk(message: Message, *, depth: int, is_alternative: bool) -> Iterator[Leaf]:
    if depth > DEEPEST:
        raise Unreadable("nested too deeply")
    kind = message.get_content_type()
    payload = message.get_payload()
    if kind.startswith("multipart/") and isinstance(payload, list):
        inside = is_alternative or kind == "multipart/alternative"
        for part in (part for part in payload if isinstance(part, Message)):
            yield from _walk(part, depth=depth + 1, is_alternative=inside)
        return
    name = _name(message)
    is_attached = "attachment" in str(message.get("Content-Disposition", "")).lower()[:40]
    yield Leaf(message, kind, name, is_inline=not is_attached and not name, is_alternative=is_alternative)


def _name(message: Message) -> str:
    """Return the name a part has as a file: RFC 2231, encoded words where none may be, or raw bytes."""
    for header, name in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        if found := headers.one_line(_file_name(message, header, name)):
            return found[:200]
    return ""


def _file_name(message: Message, header: str, name: str) -> str:
    raw = next(headers.raw_headers(message, header), "")
    if not raw.isascii():
        found = re.search(rf"{name}\s{{0,5}}=\s{{0,5}}(?:\"([^\"]{{0,400}})|([^;\s]{{0,400}}))", raw, re.IGNORECASE)
        return headers.words(found[1] or found[2]) if found else ""
    try:
        value = message.get_param(name, None, header)
    except (ValueError, TypeError, LookupError):
        return ""
    if isinstance(value, tuple):  # RFC 2231: (charset, language, text with the bytes as letters)
        return decoded(value[2].encode("latin-1", "replace"), value[0] or "")
    return headers.words(str(value)) if value else ""
