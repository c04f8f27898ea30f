"""What our Markdown adds to the parser: emphasis beside Japanese, addresses, @names, task lists, quotes, safe images.

These are rules of markdown-it; `markdown.py` puts them together and sanitises what they produce.
"""

import re
import unicodedata

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from kizuna.base.text import links

_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9])https?\Z", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_QUOTED_POST = re.compile(r"/t/\d{1,19}/(?:[\w-]{1,200}/)?#p-\d{1,9}")
_MAX_REFERENCE_TEXT = 100_000


class References(dict):
    """Link definitions of one text, with a limit on what they may add to the page in total.

    A long definition used ten thousand times would otherwise turn 100 KB of source into 100 MB of HTML.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left = _MAX_REFERENCE_TEXT

    def get(self, label, default=None):
        reference = super().get(label, default)
        if reference:
            self.left -= len(reference["href"]) + len(reference["title"])
        return reference if self.left >= 0 else default


def emphasis(state: StateInline, silent: bool) -> bool:
    """Read `*` and `_` runs; unlike CommonMark, `**「保存」**を` closes because Japanese has no spaces."""
    marker = state.src[state.pos]
    if silent or marker not in "_*":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    can_open, can_close = scanned.can_open, scanned.can_close
    if marker == "*":
        before = state.src[state.pos - 1] if state.pos else " "
        end = state.pos + scanned.length
        after = state.src[end] if end < state.posMax else " "
        can_open = can_open or (_is_wide(before) and not after.isspace())
        can_close = can_close or (_is_wide(after) and not before.isspace())
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=can_open,
                close=can_close,
            )
        )
    state.pos += scanned.length
    return True


def _is_wide(character: str) -> bool:
    return ord(character) > 0x1100 and unicodedata.east_asian_width(character) in "WFH"


def bare_address(state: StateInline, silent: bool) -> bool:
    """Link `https://…` before `*`, `_` and `~` inside it can be read as emphasis; it ends at the first non-ASCII letter."""
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME_BEFORE.search(state.pending[-8:])
    if not scheme:
        return False
    start = state.pos - len(scheme.group())
    address = links.address_at(state.src, start)
    href = state.md.normalizeLink(address) if len(address) <= links.MAX_URL_LENGTH else ""
    if len(address) <= len(scheme.group()) + 3 or not links.is_safe_url(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        _push_link(state, href, address)
    state.pos = start + len(address)
    return True


def _push_link(state: StateInline, href: str, text: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def shape_document(state: StateCore) -> None:
    """Walk the parsed text once: headings, tables, tasks, quotes, then what stands inside each line."""
    _level_headings(state.tokens, top=state.env["top_heading"])
    for index, token in enumerate(state.tokens):
        if token.type == "inline":
            _mark_task(state.tokens, index)
            token.children = _shape_inline(token.children or [], state.env)
            _mark_quote(state.tokens, index)
            _demote_empty_heading_cell(state.tokens, index)
        elif token.type in ("th_open", "td_open"):
            _align_by_class(token)


def _level_headings(tokens: list[Token], *, top: int) -> None:
    """Renumber headings so that they start below the page's own and never skip a level."""
    open_levels: list[int] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
            tag = f"h{min(6, top + len(open_levels) - 1)}"
            token.tag = tag
            tokens[index + 2].tag = tag


def _align_by_class(token: Token) -> None:
    # The page's policy forbids style attributes, so alignment becomes a class.
    style = str(token.attrs.pop("style", ""))
    if style.endswith(("center", "right")):
        token.attrs["class"] = f"ta-{style.rpartition(':')[2]}"


def _demote_empty_heading_cell(tokens: list[Token], index: int) -> None:
    # An empty header cell announces nothing; screen readers and axe want a plain cell there.
    before = tokens[index - 1]
    if before.type == "th_open" and not tokens[index].content.strip():
        before.tag = tokens[index + 1].tag = "td"


def _mark_task(tokens: list[Token], index: int) -> None:
    """Turn a leading `[ ]` or `[x]` of a list item into a sign; a form field in a post could not be labelled."""
    if index < 2 or tokens[index - 1].type != "paragraph_open" or tokens[index - 2].type != "list_item_open":
        return
    children = tokens[index].children
    task = _TASK.match(children[0].content) if children and children[0].type == "text" else None
    if not task:
        return
    children[0].content = children[0].content[task.end() :]
    sign = Token("task", "span", 0, content="☐" if task[1] == " " else "☑")
    children.insert(0, sign)
    tokens[index - 2].attrJoin("class", "task")


def _mark_quote(tokens: list[Token], index: int) -> None:
    """Mark a block quote that opens with `[@handle](/t/1/#p-3)` as a quotation of that post."""
    if index < 2 or tokens[index - 2].type != "blockquote_open":
        return
    children = tokens[index].children or []
    if len(children) < 2 or children[0].type != "link_open" or not children[1].content.startswith("@"):
        return
    if _QUOTED_POST.fullmatch(str(children[0].attrs.get("href", ""))):
        tokens[index - 2].attrJoin("class", "quote")
        children[0].attrJoin("class", "quote__by")


def _shape_inline(children: list[Token], env: dict) -> list[Token]:
    """Link addresses and @names in the text tokens, name empty links, replace images from elsewhere."""
    shaped: list[Token] = []
    open_link: Token | None = None
    for token in children:
        if token.type == "link_open":
            open_link = token
            shaped.append(token)
        elif token.type == "link_close":
            if open_link is not None and shaped[-1] is open_link:
                shaped.append(_text(str(open_link.attrs.get("href", ""))))
            open_link = None
            shaped.append(token)
        elif token.type == "image":
            shaped.extend(_shape_image(token, inside_link=open_link is not None))
        elif token.type == "text" and open_link is None:
            shaped.extend(_link_text(token, env))
        else:
            shaped.append(token)
    return shaped


def _shape_image(token: Token, *, inside_link: bool) -> list[Token]:
    """Keep an image of this community; point at any other by a link, so that no reader's address leaks to its host."""
    source = str(token.attrs.get("src", ""))
    if links.is_file_url(source):
        return [token]
    name = token.content or source
    return [_text(name)] if inside_link else _link(source, name)


def _link_text(token: Token, env: dict) -> list[Token]:
    pieces: list[Token] = []
    position = 0
    for found in links.find_links(token.content):
        tokens = _mention(found, token.content, env) if found.kind == "handle" else _address(found, token.content, env)
        if tokens:
            if found.start > position:
                pieces.append(_text(token.content[position : found.start]))
            pieces.extend(tokens)
            position = found.end
    if not pieces:
        return [token]
    if position < len(token.content):
        pieces.append(_text(token.content[position:]))
    return pieces


def _mention(found: links.TextLink, text: str, env: dict) -> list[Token]:
    env["mentions"].append(found.target)
    url = env["mention_url"](found.target) if env["mention_url"] else None
    if not url:
        return []
    return _link(url, text[found.start : found.end], css="mention")


def _address(found: links.TextLink, text: str, env: dict) -> list[Token]:
    href = env["normalize"](found.target)
    return _link(href, text[found.start : found.end]) if links.is_safe_url(href) else []


def _link(href: str, text: str, *, css: str = "") -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": href})
    if css:
        opening.attrs["class"] = css
    return [opening, _text(text), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
