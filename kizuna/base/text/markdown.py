"""Markdown as members write it, to sanitised HTML, plain text and the names it calls.

Two independent walls: the parser refuses raw HTML and unsafe addresses, then nh3 keeps only listed tags and attributes of
what was rendered. A quotation of a post is a block quote whose first line is a link `[@handle](/t/ID/#p-NUMBER)`.
A single line break is a line break, as in every forum its readers know.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kizuna.base.text import links, syntax
from kizuna.base.text.japanese import graphemes

RENDER_VERSION = 1
MAX_LENGTH = 100_000  # characters of source
MAX_HTML_LENGTH = 2_000_000

_TAGS = set(
    "a b blockquote br code del div em h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {
    "a": {"href", "title", "class", "id"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "code": {"class"},
    **{tag: {"class"} for tag in ("blockquote", "div", "li", "span", "td", "th")},
}
_FIXED_VALUES = {tag: {"tabindex": {"0"}} for tag in ("div", "pre")} | {"img": {"loading": {"lazy"}}}
_CLASSES = {
    "a": {"mention", "quote__by"},
    "blockquote": {"quote"},
    "div": {"tblwrap"},
    "li": {"task"},
    "span": {"task__sign"},
    "td": {"ta-center", "ta-right"},
    "th": {"ta-center", "ta-right"},
}
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#.-]{1,30}")
_BLOCK_END = frozenset({"paragraph_close", "heading_close", "tr_close", "blockquote_close", "list_item_close"})
_SPACES = re.compile(r"\s+")


class TooLong(ValueError):
    """The text is longer than a post may be."""

    def __init__(self, *, length: int, limit: int) -> None:
        super().__init__(f"text of {length} characters is longer than {limit}")
        self.length = length
        self.limit = limit


@dataclass(frozen=True)
class Document:
    """Everything one reading of a source gives: HTML to show, text to search, handles it mentions (unique, in order)."""

    html: str
    text: str
    mentions: list[str]


def profile_url(handle: str) -> str:
    """Return the address of a member's page."""
    return f"/m/{handle}/"


def document(
    source: str, *, mention_url: Callable[[str], str | None] | None = profile_url, top_heading: int = 3
) -> Document:
    """Read a source once and return its HTML, plain text and mentions.

    `mention_url` gives the address of a handle, or None when there is no such member (the name stays plain text).
    `top_heading` is the level the first heading gets on the page it is shown on.

    Raises: TooLong.
    """
    tokens, env = _parse(source, mention_url=mention_url, top_heading=top_heading)
    return Document(html=_html(tokens, env), text=_text(tokens), mentions=list(dict.fromkeys(env["mentions"])))


def render(source: str, *, mention_url: Callable[[str], str | None] | None = profile_url, top_heading: int = 3) -> str:
    """Return the sanitised HTML of a source; see `document`."""
    tokens, env = _parse(source, mention_url=mention_url, top_heading=top_heading)
    return _html(tokens, env)


def to_text(source: str) -> str:
    """Return the plain text of a Markdown source, one line per block (for stored HTML: `html.to_text`)."""
    tokens, _env = _parse(source, mention_url=None, top_heading=3)
    return _text(tokens)


def mentions(source: str) -> list[str]:
    """Return the handles a source calls, once each, in order; code, links and e-mail addresses call nobody."""
    _tokens, env = _parse(source, mention_url=None, top_heading=3)
    return list(dict.fromkeys(env["mentions"]))


def excerpt(text: str, *, limit: int) -> str:
    """Return a plain text in one line of at most `limit` characters as people count them."""
    line = _SPACES.sub(" ", text).strip()
    if len(line) <= limit:
        return line
    kept: list[str] = []
    for cluster in graphemes(line):
        if len(kept) == limit:
            return "".join(kept[: limit - 1]).rstrip() + "…"
        kept.append(cluster)
    return line


def quote(text: str, *, handle: str, url: str) -> str:
    """Return Markdown that quotes a plain text of the post at `url` (`/t/ID/#p-NUMBER`)."""
    lines = [f"> {_escape_start(line)}".rstrip() for line in text.strip().splitlines()]
    return "\n".join([f"> [@{handle}]({url})", ">", *lines]) + "\n\n"


def _escape_start(line: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", line)


def _parse(
    source: str, *, mention_url: Callable[[str], str | None] | None, top_heading: int
) -> tuple[list[Token], dict]:
    if len(source) > MAX_LENGTH:
        raise TooLong(length=len(source), limit=MAX_LENGTH)
    env: dict = {
        "mention_url": mention_url,
        "mentions": [],
        "top_heading": top_heading,
        "normalize": _parser().normalizeLink,
        "references": syntax.References(),
    }
    return _parser().parse(source, env), env


@cache
def _parser() -> MarkdownIt:
    """Build the one parser; parsing keeps its state in `env`, so threads may share it."""
    parser = MarkdownIt("gfm-like", {"html": False, "linkify": False, "breaks": True, "xhtmlOut": False})
    parser.disable(["linkify", "html_block", "html_inline"])
    parser.validateLink = links.is_safe_url  # type: ignore[method-assign]
    parser.inline.ruler.at("emphasis", syntax.emphasis)
    parser.inline.ruler.before("entity", "bare_address", syntax.bare_address)
    parser.core.ruler.push("shape_document", syntax.shape_document)
    for name, rule in _RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _html(tokens: list[Token], env: dict) -> str:
    parser = _parser()
    rendered = parser.renderer.render(tokens, parser.options, env)
    if len(rendered) > MAX_HTML_LENGTH:
        raise TooLong(length=len(rendered), limit=MAX_HTML_LENGTH)
    return _cleaner().clean(rendered)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_FIXED_VALUES,
        attribute_filter=_keep_attribute,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener nofollow ugc",
        id_prefix="u-",
    )


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if links.is_safe_url(value) else None
    if attribute == "src":
        return value if links.is_file_url(value) else None
    if attribute == "class":
        if tag == "code":
            return value if _LANGUAGE.fullmatch(value) else None
        return " ".join(name for name in value.split() if name in _CLASSES.get(tag, ())) or None
    if attribute == "start":
        return value if value.isdecimal() and len(value) <= 9 else None
    return value


def _render_image(renderer, tokens, index, options, env) -> str:
    token = tokens[index]
    title = f' title="{escape(str(token.attrs["title"]))}"' if token.attrs.get("title") else ""
    alt = renderer.renderInlineAsText(token.children or [], options, env)
    return f'<img src="{escape(str(token.attrs["src"]))}" alt="{escape(alt)}"{title} loading="lazy">'


def _render_task(renderer, tokens, index, options, env) -> str:
    return f'<span class="task__sign">{tokens[index].content}</span> '


def _render_table_open(renderer, tokens, index, options, env) -> str:
    # Wide tables scroll inside their box; a box that scrolls must be reachable by keyboard.
    return '<div class="tblwrap" tabindex="0"><table>\n'


def _render_table_close(renderer, tokens, index, options, env) -> str:
    return "</table></div>\n"


def _render_fence(renderer, tokens, index, options, env) -> str:
    language = tokens[index].info.split(maxsplit=1)
    css = f' class="language-{escape(language[0])}"' if language else ""
    return f'<pre tabindex="0"><code{css}>{escape(tokens[index].content)}</code></pre>\n'


def _render_code_block(renderer, tokens, index, options, env) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'


_RENDER_RULES = {
    "image": _render_image,
    "task": _render_task,
    "table_open": _render_table_open,
    "table_close": _render_table_close,
    "fence": _render_fence,
    "code_block": _render_code_block,
}


def _text(tokens: list[Token]) -> str:
    """Join what a reader sees; images count by their description, quotations of posts without the name."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "inline":
            parts.extend(_inline_text(token.children or []))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
        elif token.type in ("td_close", "th_close"):
            parts.append("\t")
        if token.type in _BLOCK_END and parts and not parts[-1].endswith("\n"):
            parts.append("\n")
    return "".join(parts).strip()


def _inline_text(children: list[Token]) -> list[str]:
    parts: list[str] = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return parts
