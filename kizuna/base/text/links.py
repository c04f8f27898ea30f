"""Which addresses a post may point at, and how addresses and @names are found in plain text.

Every pattern is bounded, so the cost stays linear in the text (linkify libraries had quadratic ones: CVE-2026-48801).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_URL_LENGTH = 2_000

_OUTSIDE = re.compile(r"(?:https?://[^\s/?#\\]|mailto:[^\s/?#\\])", re.IGNORECASE)
_FILE = re.compile(r"/f/[A-Za-z0-9_-]{1,100}(?:/[^\\\s?#]{1,500})?")
_TEXT_LINK = re.compile(
    r"(?P<url>https?://[A-Za-z0-9\[][!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]{0,1999})"
    r"|(?<![A-Za-z0-9_./@-])(?P<www>www\.[a-z0-9][!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]{3,1000})"
    r"|(?<![A-Za-z0-9_.+-])(?P<mail>[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9_@]))"
    r"|(?<![A-Za-z0-9_@＠./+-])[@＠](?P<handle>[A-Za-z0-9_]{2,30})(?![A-Za-z0-9_@＠]|\.[A-Za-z0-9])",
    re.IGNORECASE,
)
_PAIRS = {")": "(", "]": "["}


class TextLink(NamedTuple):
    """One address or @name found in plain text."""

    kind: str  # "url" or "handle"
    start: int
    end: int
    target: str


def is_safe_url(url: str) -> bool:
    """Tell whether a post may link to this address: https, http, mailto, site-relative or on this page."""
    if len(url) > MAX_URL_LENGTH or any(ord(character) < 33 for character in url):
        return False
    if url.startswith("#"):
        return True
    if url.startswith("/"):
        return not url.startswith(("//", "/\\"))
    return _OUTSIDE.match(url) is not None


def is_file_url(url: str) -> bool:
    """Tell whether the address is a file of this community, the only source of images."""
    return _FILE.fullmatch(url) is not None and ".." not in url and len(url) <= MAX_URL_LENGTH


def find_links(text: str) -> Iterator[TextLink]:
    """Yield the addresses and @names of a plain text in order."""
    for match in _TEXT_LINK.finditer(text):
        if match["handle"]:
            yield TextLink("handle", match.start(), match.end(), match["handle"].lower())
        elif match["mail"]:
            yield TextLink("url", match.start(), match.end(), f"mailto:{match['mail']}")
        else:
            raw = trimmed(match.group())
            target = raw if match["url"] else f"https://{raw}"
            yield TextLink("url", match.start(), match.start() + len(raw), target)


def address_at(text: str, start: int) -> str:
    """Return the http(s) address that begins exactly at `start`, or an empty string."""
    match = _TEXT_LINK.match(text, start)
    return trimmed(match["url"]) if match and match["url"] else ""


def trimmed(url: str) -> str:
    """Drop what belongs to the sentence and not to the address: final punctuation, unopened brackets."""
    opened = {opening: url.count(opening) for opening in "(["}
    closed = {closing: url.count(closing) for closing in ")]"}
    end = len(url)
    while end:
        last = url[end - 1]
        if last in _PAIRS and closed[last] > opened[_PAIRS[last]]:
            closed[last] -= 1
        elif last not in "?!.,:*_~'\";":
            break
        end -= 1
    return url[:end]
