"""The words of a mail: which of its texts is the one that was written, unwrapped, and HTML as plain text."""

import re

from kizuna.base.text.html import scan
from kizuna.base.text.markdown_writer import BLOCK_TAGS
from kizuna.core.inbound.parsing.parts import Leaf, parameter

LONGEST = 200_000
STUB = 60  # a plain part this short beside a long page says only that one needs another mailer
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r"\n{3,}")
_ALIKE = re.compile(r"[\s\u200b\ufeff]+")
_DEEP = 6
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECORATION = frozenset(
    {"li", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre"}
)


def text_of(leaves: list[Leaf]) -> tuple[str, bool]:
    """Return (the text of a mail, whether it had to be read from HTML)."""
    shown = [leaf for leaf in leaves if leaf.is_inline]
    plain = "\n\n".join(filter(None, (_plain(leaf) for leaf in shown if leaf.content_type == "text/plain")))
    pages = [leaf for leaf in shown if leaf.content_type == "text/html"]
    if pages and _is_stub(plain):
        page = "\n\n".join(html_as_text(leaf.text()) for leaf in pages)
        if len(page) > 3 * len(plain.strip()):
            return tidied(page), True
    return tidied(plain), False


def tidied(text: str) -> str:
    """Return the text with one kind of line end, no control characters and no runs of empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\ufeff", "")
    clean = _CONTROLS.sub("", lines).encode("utf-8", "ignore").decode()
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip(" \t") for line in clean.split("\n"))).strip("\n")[:LONGEST]


def unflowed(text: str, *, is_delsp: bool) -> str:
    """Join the lines of format=flowed (RFC 3676) to the paragraphs they were."""
    out: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        content = stripped[1:] if stripped.startswith(" ") else stripped
        is_soft = content.endswith(" ") and content != "-- "
        body = content[:-1] if is_soft and is_delsp else content
        if open_depth == depth:
            out[-1] += body
        else:
            out.append(">" * depth + (" " if depth and body else "") + body)
        open_depth = depth if is_soft else -1
    return "\n".join(out)


def html_as_text(source: str) -> str:
    """Return HTML as plain text: quotes as `> `, list items as ・, links with their address."""
    writer = _Writer()
    for piece in scan(source[: LONGEST * 4]):
        if isinstance(piece, str):
            writer.words(piece)
        elif piece.closing:
            writer.close(piece.name)
        else:
            writer.open(piece.name, piece.attributes)
        if writer.length > LONGEST:
            break
    return writer.finished()


def _plain(leaf: Leaf) -> str:
    text = leaf.text()
    if parameter(leaf.message, "format") == "flowed":
        text = unflowed(text, is_delsp=parameter(leaf.message, "delsp") == "yes")
    return text.strip()


def _is_stub(plain: str) -> bool:
    return len(_ALIKE.sub("", plain)) < STUB


class _Writer:
    """Gathers lines; knows how deep in quotes it is."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.quote = 0
        self.pre = 0
        self.link = ""
        self.linked = ""
        self.length = 0

    def words(self, text: str) -> None:
        if self.pre:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.line += first
            for line in rest:
                self._end()
                self.line = line
            return
        text = _SPACES.sub(" ", text)
        if not self.line:
            text = text.lstrip(" ")
        self.line += text
        self.linked += text

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self._end(is_kept=True)
        elif name == "img" and attributes.get("alt", "").strip():
            self.words(f"[{attributes['alt'].strip()[:80]}]")
        elif name == "a":
            self.link, self.linked = attributes.get("href", ""), ""
        elif name in BLOCK_TAGS or name in _DECORATION:
            self._end()
            self._enter(name)
        elif name in ("td", "th") and self.line:
            self.line += " "

    def close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name == "blockquote":
            self._end()
            self.quote = max(0, self.quote - 1)
            self._gap()
        elif name == "pre":
            self._end()
            self.pre = max(0, self.pre - 1)
        elif name in BLOCK_TAGS or name in _DECORATION:
            self._end()
            if name in {"p", "table", "ul", "ol", "h1", "h2", "h3"}:
                self._gap()

    def finished(self) -> str:
        self._end()
        return "\n".join(self.lines).strip("\n")

    def _enter(self, name: str) -> None:
        if name == "blockquote":
            self.quote = min(_DEEP, self.quote + 1)
        elif name == "pre":
            self.pre += 1
        elif name == "li":
            self.line = "・"
        elif name == "hr":
            self.line = "----"
            self._end()

    def _end_link(self) -> None:
        shown, address = self.linked.strip(), self.link
        if (
            address.startswith(("http://", "https://", "mailto:"))
            and shown
            and shown not in address
            and address not in shown
        ):
            self.line += f" ({address[:300]})"
        self.link = self.linked = ""

    def _end(self, *, is_kept: bool = False) -> None:
        line = self.line.rstrip()
        if line or is_kept:
            self.lines.append("> " * self.quote + line)
            self.length += len(line) + 1
        self.line = ""

    def _gap(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self.quote).rstrip())
