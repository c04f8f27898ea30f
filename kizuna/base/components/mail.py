"""The frame of every mail: one template gives subject, HTML and plain text.

A mail template extends `kizuna/mail/base.html`. Its title is the subject, and the plain text is read off the HTML,
so both parts carry the same lines in the same order. Sending is not done here.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.template.loader import render_to_string

BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "tr", "td", "div", "table", "ul", "ol", "br", "blockquote"})
UNREAD = frozenset({"head", "style", "title", "svg"})
VOID = frozenset({"br", "img", "meta", "hr", "input", "link"})


def render_mail(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return subject, plain text and HTML of a mail in the active language.

    The context holds `site_name` and `site_url`, where they are known `site_tagline`, `brand_hue`, `brand_chroma`,
    `reason` (why this person gets the mail), `settings_url`, `unsubscribe_url` and `sender` (name and address by law).
    """
    html = render_to_string(template, dict(context)).strip() + "\n"
    reader = _Reader()
    reader.feed(html)
    return reader.subject(), reader.text(), html


class _Reader(HTMLParser):
    """Reads title and visible lines; links become the text and the address below it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._title: list[str] = []
        self._parts: list[str] = []
        self._hidden: list[str] = []
        self._in_title = False
        self._link: tuple[str, int] | None = None

    def subject(self) -> str:
        return " ".join("".join(self._title).split())

    def text(self) -> str:
        lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(self._parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "title":
            self._in_title = True
        if tag not in VOID and (self._hidden or tag in UNREAD or "data-unread" in given):
            self._hidden.append(tag)
        if self._hidden:
            return
        if tag in BLOCKS:
            self._parts.append("\n")
        if tag == "a" and given.get("href"):
            self._link = (str(given["href"]), len(self._parts))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._hidden:
            if self._hidden[-1] == tag:
                self._hidden.pop()
            return
        if tag == "a" and self._link:
            address, start = self._link
            label = "".join(self._parts[start:]).strip()
            self._parts.append("" if label == address else f"\n{address}\n")
            self._link = None
        if tag in BLOCKS:
            self._parts.append("\n\n" if tag in {"p", "h1", "h2", "h3", "table"} else "\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        if not self._hidden:
            self._parts.append(re.sub(r"\s+", " ", data))
