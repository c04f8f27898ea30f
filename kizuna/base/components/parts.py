"""What every page has around its content, as functions of the request's chrome: the template tags and patterns call them."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kizuna.base.components import head
from kizuna.base.components.chrome import Chrome, render_sidenav, render_tabbar, render_topbar

Token = Callable[[Any], str]


def topbar(*, chrome: Chrome, **_rest: Any) -> SafeString:
    """Return the header."""
    return render_topbar(chrome)


def sidenav(*, chrome: Chrome, **_rest: Any) -> SafeString:
    """Return the side navigation."""
    return render_sidenav(chrome)


def tabbar(*, chrome: Chrome, **_rest: Any) -> SafeString:
    """Return the tab bar of phones."""
    return render_tabbar(chrome)


def view_as_bar(*, chrome: Chrome, request: Any, token: Token, **_rest: Any) -> str:
    """Return the bar that says as whom a manager looks and leads back; nothing when they look as themselves."""
    if not chrome.view_as:
        return ""
    return render_to_string("kizuna/_view_as.html", {"name": chrome.view_as, "csrf_token": token(request)})


def site_name(*, chrome: Chrome, **_rest: Any) -> str:
    """Return the name of the community."""
    return escape(chrome.frame.name)


def html_attributes(*, chrome: Chrome, language: str, **_rest: Any) -> SafeString:
    """Return language, theme and density of the page."""
    theme = format_html(' data-theme="{}"', chrome.theme) if chrome.theme else ""
    density = mark_safe(' data-density="console"') if chrome.frame.is_console else ""
    return format_html('lang="{}"{}{}', language, theme, density)


def body_attributes(*, chrome: Chrome, request: Any, token: Token, **_rest: Any) -> SafeString:
    """Return what scripts need: the token of a member's requests and the addresses of counts and theme."""
    given = {"data-counts-url": chrome.counts_url, "data-theme-url": chrome.theme_url}
    if chrome.viewer:
        given["hx-headers:inherited"] = json.dumps({"X-CSRFToken": token(request)})
    return format_html_join(" ", '{}="{}"', ((name, value) for name, value in given.items() if value))


def head_assets(*, chrome: Chrome, **_rest: Any) -> SafeString:
    """Return the links to stylesheets, icons, feeds and scripts."""
    frame = chrome.frame
    brand = format_html('<link rel="stylesheet" href="{}">', frame.brand_url) if frame.brand_url else ""
    feeds = format_html_join(
        "",
        '<link rel="alternate" type="application/atom+xml" href="{}" title="{}">',
        ((feed.url, feed.label) for feed in frame.feeds),
    )
    image = format_html('<meta property="og:image" content="{}">', frame.image_url) if frame.image_url else ""
    return format_html("{}{}{}{}", head.shared(), brand, feeds, image)


def page_end(*, request: Any, language: str, token: Token, **_rest: Any) -> SafeString:
    """Return the messages that wait for this person, the live region and the help on keys."""
    waiting = get_messages(request) if request is not None else ()
    before, after = head.message_area(language)
    drawn = [
        render_to_string(
            "kizuna/_toast.html",
            {"text": message.message, "tone": message.level_tag, **_undo_of(message, request, token)},
        )
        for message in waiting
    ]
    return mark_safe(f"{before}{''.join(drawn)}{after}")  # noqa: S308  (drawn by templates)


def _undo_of(message: Any, request: Any, token: Token) -> dict[str, str]:
    """Read a message's extra tags "undo:ADDRESS NAME=VALUE": what a press of "Undo" posts."""
    kind, _, rest = (message.extra_tags or "").partition(":")
    if kind != "undo":
        return {}
    url, _, field = rest.partition(" ")
    name, _, value = field.partition("=")
    return {"undo_url": url, "undo_name": name, "undo_value": value, "csrf_token": token(request)}


PARTS: dict[str, Callable[..., str]] = {
    part.__name__: part
    for part in (
        topbar,
        sidenav,
        tabbar,
        site_name,
        html_attributes,
        body_attributes,
        head_assets,
        page_end,
        view_as_bar,
    )
}
