"""Foreign HTML to Markdown, for importers and inbound mail; and stored HTML back to plain text.

The input is untrusted and often broken. One pass, no backtracking and no tree: an unclosed tag or comment ends at the end
of the text, closing tags that close nothing are ignored, nesting is bounded. (The standard library's parser is quadratic on
hostile input before Python 3.11.13, and an HTML5 tree can be made to grow quadratically.)
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from kizuna.base.text.markdown_writer import BLOCK_TAGS, Writer

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]{0,40}")
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_:][A-Za-z0-9_:.-]{0,60})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]{1,4000}))"""
)
_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "template", "noscript", "iframe", "svg", "math", "head"})
_SPACES = re.compile(r"\s+")


class Tag(NamedTuple):
    """A start or end tag; text between tags comes as plain strings."""

    name: str
    closing: bool
    attributes: dict[str, str]


def scan(source: str) -> Iterator[Tag | str]:
    """Yield tags and unescaped text in order; scripts, styles and comments are left out."""
    position = 0
    while position < len(source):
        start = source.find("<", position)
        if start < 0:
            yield unescape(source[position:])
            return
        if start > position:
            yield unescape(source[position:start])
        position = yield from _scan_markup(source, start)


def _scan_markup(source: str, start: int):
    """Yield what begins with `<` at `start`; return where the rest begins."""
    if source.startswith("<!--", start):
        end = source.find("-->", start + 4)
        return len(source) if end < 0 else end + 3
    if source[start + 1 : start + 2] in ("!", "?"):
        end = source.find(">", start)
        return len(source) if end < 0 else end + 1
    closing = source.startswith("/", start + 1)
    name = _NAME.match(source, start + 1 + closing)
    if not name:
        yield "<"
        return start + 1
    end = _tag_end(source, name.end())
    tag = Tag(name.group().lower(), closing, {} if closing else _attributes(source[name.end() : end]))
    if tag.name in _RAW_TEXT and not closing:
        return _raw_text_end(source, end, tag.name)
    yield tag
    return min(end + 1, len(source))


def _tag_end(source: str, position: int) -> int:
    """Return the place of the `>` that ends a tag, quoted values skipped."""
    quote = ""
    for index in range(position, len(source)):
        character = source[index]
        if quote:
            quote = "" if character == quote else quote
        elif character == ">":
            return index
        elif character in "\"'" and source[index - 1] in "= \t\n":
            quote = character
    return len(source)


def _attributes(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
    return found


def _raw_text_end(source: str, position: int, name: str) -> int:
    end = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, position)
    if not end:
        return len(source)
    closed = source.find(">", end.end())
    return len(source) if closed < 0 else closed + 1


def to_text(source: str) -> str:
    """Return the plain text of HTML, one line per block."""
    parts: list[str] = []
    pre = 0
    for piece in scan(source):
        if isinstance(piece, str):
            parts.append(piece if pre else _SPACES.sub(" ", piece))
        elif piece.name == "img" and piece.attributes.get("alt"):
            parts.append(piece.attributes["alt"])
        elif piece.name == "br" or piece.name in BLOCK_TAGS:
            parts.append("\n")
            pre = max(0, pre + (-1 if piece.closing else 1)) if piece.name == "pre" else pre
    lines = (line.strip() for line in "".join(parts).splitlines())
    return "\n".join(line for line in lines if line)


def to_markdown(source: str) -> str:
    """Return Markdown that reads like the HTML: paragraphs, links, lists, quotes, code, emphasis, headings, simple tables."""
    writer = Writer()
    for piece in scan(source):
        if isinstance(piece, str):
            writer.text(piece)
        elif piece.closing:
            writer.close(piece.name)
        else:
            writer.open(piece.name, piece.attributes)
    return writer.finished()
