"""Stored HTML as a tree of plain values, so that the script builds it letter by letter and never parses markup.

A node is a text or [tag, {attributes}, [nodes]]. What is not listed loses its tag and keeps its text. Pictures become links:
the page around may forbid pictures of others, and no cookie opens ours there.
"""

from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from kizuna.base.hosting import links
from kizuna.base.text.html import Tag, scan
from kizuna.base.text.links import is_safe_url

TAGS = {
    "p", "br", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "strong", "em", "b", "i", "del", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "a", "kbd",
}  # fmt: skip
VOID = {"br", "hr", "img"}
DEEPEST = 20
MOST_NODES = 4_000

Node = Any


def tree_of(html: str) -> list[Node]:
    """Return the nodes of a stored text."""
    root: list[Node] = []
    open_tags: list[tuple[str, list[Node]]] = [("", root)]
    left = MOST_NODES
    for piece in scan(html):
        left -= 1
        if left < 0:
            root.append(["p", {}, ["…"]])
            break
        inside = open_tags[-1][1]
        if isinstance(piece, str):
            inside.append(piece)
        elif piece.closing:
            _close(piece.name, open_tags)
        else:
            _open(piece, inside, open_tags)
    return root


def _open(tag: Tag, inside: list[Node], open_tags: list[tuple[str, list[Node]]]) -> None:
    if tag.name == "img":
        if address := _address(tag.attributes.get("src", "")):
            said = tag.attributes.get("alt", "").strip()
            words = _("Picture: %(text)s") % {"text": said} if said else _("See the picture")
            inside.append(["a", {"href": address}, [words]])
        return
    if tag.name not in TAGS or len(open_tags) > DEEPEST:
        return
    attributes: dict[str, str] = {}
    if tag.name == "a":
        address = _address(tag.attributes.get("href", ""))
        if not address:
            return
        attributes["href"] = address
    children: list[Node] = []
    inside.append([tag.name, attributes, children])
    if tag.name not in VOID:
        open_tags.append((tag.name, children))


def _close(name: str, open_tags: list[tuple[str, list[Node]]]) -> None:
    for place in range(len(open_tags) - 1, 0, -1):
        if open_tags[place][0] == name:
            del open_tags[place:]
            return


def _address(text: str) -> str:
    """Return a whole address that is safe to follow, else nothing."""
    text = text.strip()
    if not text or not is_safe_url(text):
        return ""
    whole = urljoin(f"{links.base_url()}/", text)
    return whole if whole.startswith(("https://", "http://", "mailto:", "tel:")) else ""
