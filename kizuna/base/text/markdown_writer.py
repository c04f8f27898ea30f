"""Writes Markdown from the tags and texts of a foreign document, in one pass (the second half of `html.to_markdown`)."""

import re

from kizuna.base.text import links

BLOCK_TAGS = frozenset(
    "address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "del": "~~", "s": "~~", "strike": "~~"}
_CODE_TAGS = frozenset({"code", "kbd", "tt", "samp"})
_SPACES = re.compile(r"\s+")
_SPECIAL = re.compile(r"([\\`*\[\]]|~~|<(?=[A-Za-z/!?])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#?[A-Za-z0-9]{1,32};))")
_LINE_START = re.compile(
    r"^(\s{0,3})(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|={1,}\s*$|-{3,}\s*$|(\d{1,9})([.)])(?=\s|$))", re.MULTILINE
)
_MAX_DEPTH = 16


class Writer:
    """Markdown under construction: finished blocks, the line being filled, the containers around it."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.inline: list[str] = []
        self.containers: list[list] = []  # [name, next number or None, first line still to come]
        self.marks: list[str] = []
        self.link: tuple[int, str] | None = None
        self.heading = 0
        self.pre: list[str] | None = None
        self.code: list[str] | None = None
        self.cells: list[str] | None = None
        self.table_rows = 0

    def text(self, text: str) -> None:
        if self.pre is not None:
            self.pre.append(text)
        elif self.code is not None:
            self.code.append(_SPACES.sub(" ", text))
        else:
            flat = _SPACES.sub(" ", text)
            if not self.inline or self.inline[-1].endswith(("\n", " ")):
                flat = flat.lstrip(" ")
            if flat:
                self.inline.append(_escape(flat))

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if self.pre is not None:
            if name == "br":
                self.pre.append("\n")
            return
        if name in _MARKS:
            self._mark(_MARKS[name])
        elif name == "br":
            self.inline.append(" " if self.cells is not None else "\\\n")
        elif name in _CODE_TAGS and self.code is None:
            self.code = []
        elif name == "a":
            self._close_link()
            self.link = (len(self.inline), attributes.get("href", ""))
        elif name == "img":
            self._image(attributes)
        elif name in BLOCK_TAGS:
            self._open_block(name)

    def close(self, name: str) -> None:
        if self.pre is not None:
            if name == "pre":
                self._end_pre()
            return
        if name in _MARKS:
            self._unmark(_MARKS[name])
        elif name in _CODE_TAGS:
            self._end_code()
        elif name == "a":
            self._close_link()
        elif name in ("td", "th"):
            self._end_cell()
        elif name == "tr":
            self._end_row()
        elif name in BLOCK_TAGS:
            self._close_block(name)

    def finished(self) -> str:
        if self.pre is not None:
            self._end_pre()
        self._end_row()
        self._end_line()
        return "\n".join(self.blocks).strip("\n")

    def _mark(self, sign: str) -> None:
        if sign not in self.marks and len(self.marks) < _MAX_DEPTH:
            self.marks.append(sign)
            self.inline.append(sign)

    def _unmark(self, sign: str) -> None:
        """Close emphasis; the marks opened inside it close first, spaces move outside, empty emphasis vanishes."""
        while sign in self.marks:
            last = self.marks.pop()
            if self.inline and self.inline[-1] == last:
                self.inline.pop()
            elif self.inline:
                kept = self.inline[-1].rstrip(" ")
                tail = " " if kept != self.inline[-1] else ""
                self.inline[-1] = kept
                self.inline.append(last + tail)
            if last == sign:
                return

    def _end_code(self) -> None:
        if self.code is None:
            return
        text = "".join(self.code).strip()
        self.code = None
        if text:
            fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
            pad = " " if text[0] == "`" or text[-1] == "`" else ""
            self.inline.append(f"{fence}{pad}{text}{pad}{fence}")

    def _close_link(self) -> None:
        if self.link is None:
            return
        start, href = self.link
        self.link = None
        self._end_code()
        label = "".join(self.inline[start:]).strip()
        url = _destination(href)
        if url:
            del self.inline[start:]
            self.inline.append(f"[{label or _escape(url)}]({url})")

    def _image(self, attributes: dict[str, str]) -> None:
        url = _destination(attributes.get("src", ""))
        alt = _escape(_SPACES.sub(" ", attributes.get("alt", "")).strip())
        if url and links.is_file_url(url):
            self.inline.append(f"![{alt}]({url})")
        elif url and self.link is None:
            self.inline.append(f"[{alt or _escape(url)}]({url})")
        elif alt:
            self.inline.append(alt)

    def _open_block(self, name: str) -> None:
        if name in ("td", "th"):
            self._open_cell()
            return
        if self.containers and self.containers[-1][0] == "li" and name in ("ul", "ol"):
            self._end_line()
            self._enter(name)
            return
        if self.cells is not None and name not in ("table", "tr", "tbody", "thead", "tfoot"):
            self.inline.append(" ")
            return
        self._end_line()
        if name == "pre":
            self.pre = []
        elif name == "hr":
            self._emit(["---"])
        elif name == "table":
            self.table_rows = 0
        elif name[0] == "h" and name[1:].isdecimal():
            self.heading = int(name[1])
        elif name in ("blockquote", "ul", "ol"):
            self._blank_line()
            self._enter(name)
        elif name == "li":
            self._open_item()

    def _enter(self, name: str) -> None:
        if len(self.containers) < _MAX_DEPTH:
            self.containers.append([name, 1 if name == "ol" else None, False])

    def _open_item(self) -> None:
        if self.containers and self.containers[-1][0] == "li":
            self.containers.pop()
        if not self.containers or self.containers[-1][0] not in ("ul", "ol"):
            if len(self.containers) >= _MAX_DEPTH:
                return
            self.containers.append(["ul", None, False])
        number = self.containers[-1][1]
        if number is not None:
            self.containers[-1][1] = number + 1
        self.containers.append(["li", number, True])

    def _close_block(self, name: str) -> None:
        if self.cells is not None and name != "table":
            return
        if name == "table":
            self._end_row()
        self._end_line()
        if name in ("blockquote", "ul", "ol", "li") and any(container[0] == name for container in self.containers):
            while self.containers.pop()[0] != name:
                pass
        if name == "table":
            self.table_rows = 0

    def _end_line(self) -> None:
        """Finish the paragraph or heading being filled."""
        self._end_code()
        self._close_link()
        if self.marks:
            self._unmark(self.marks[0])
        while self.inline and self.inline[-1] in ("\\\n", " "):
            self.inline.pop()
        first = next((index for index, piece in enumerate(self.inline) if piece not in ("\\\n", " ")), 0)
        text = "".join(self.inline[first:]).strip()
        self.inline = []
        level, self.heading = self.heading, 0
        if text:
            text = _LINE_START.sub(_escape_line_start, text)
            lines = [f"{'#' * level} {_SPACES.sub(' ', text)}"] if level else text.split("\n")
            self._emit(lines)

    def _emit(self, lines: list[str]) -> None:
        """Write a block with the marks of the containers it stands in."""
        self._blank_line()
        for line in lines:
            self.blocks.append((self._prefix() + line).rstrip())

    def _blank_line(self) -> None:
        inside_list = self.containers and (self.containers[-1][0] in ("ul", "ol") or self.containers[-1][2])
        if self.blocks and self.blocks[-1].strip("> ") and not inside_list:
            self.blocks.append(self._prefix(blank=True).rstrip())

    def _prefix(self, *, blank: bool = False) -> str:
        parts: list[str] = []
        for container in self.containers:
            name, number, fresh = container
            if name == "blockquote":
                parts.append("> ")
            elif name == "li":
                sign = "- " if number is None else f"{number}. "
                parts.append(sign if fresh and not blank else " " * len(sign))
                container[2] = fresh and blank
        return "".join(parts)

    def _end_pre(self) -> None:
        text = "".join(self.pre or []).strip("\n")
        self.pre = None
        if text.strip():
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            self._emit([fence, *text.split("\n"), fence])

    def _open_cell(self) -> None:
        if self.cells is None:
            self._end_line()
            self.cells = []
        else:
            self._end_cell()

    def _end_cell(self) -> None:
        if self.cells is None:
            return
        self._end_code()
        self._close_link()
        if self.marks:
            self._unmark(self.marks[0])
        text = _SPACES.sub(" ", "".join(self.inline)).strip().replace("|", "\\|")
        self.inline = []
        if text or len(self.cells) < 100:
            self.cells.append(text)

    def _end_row(self) -> None:
        if self.cells is None:
            return
        if self.inline:
            self._end_cell()
        cells, self.cells = self.cells[:100], None
        if not any(cells):
            return
        line = f"| {' | '.join(cells)} |"
        if self.table_rows:
            self.blocks.append((self._prefix() + line).rstrip())
        else:
            self._emit([line, "|" + " --- |" * len(cells)])
        self.table_rows += 1


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _escape_line_start(match: re.Match) -> str:
    if match[3]:
        return f"{match[1]}{match[3]}\\{match[4]}"
    return f"{match[1]}\\{match[2]}"


def _destination(url: str) -> str:
    """Return an address that may stand in Markdown's round brackets, or an empty string."""
    cleaned = re.sub(r"[\x00-\x20<>\\]", lambda match: f"%{ord(match.group()):02X}", url.strip())
    if cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    return cleaned.replace("(", "%28").replace(")", "%29") if links.is_safe_url(cleaned) else ""
