"""The chrome: header, side navigation and tab bar around every page.

`Frame` is what people with the same language and audiences share. Whoever builds it keeps it on the community object
(per language, audience set and version); it draws its three parts once and remembers them as pieces with slots.
`Chrome` adds what belongs to one request, and filling the slots is one join.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from kizuna.base.components import leaves

SLOT = re.compile(r"<!--k:([a-z]+):([^>]*?)-->")


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a navigation. `key` is what `Chrome.current` and `Chrome.counts` name.

    `quiet` counters are grey (open questions), the others vermilion (unread). `color` draws a dot instead of an icon.
    `use` is "create" (the middle tab), "menu" (the tab that opens the side navigation) or empty.
    """

    label: str
    url: str = ""
    icon: str = ""
    key: str = ""
    color: str = ""
    quiet: bool = False
    use: str = ""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Entries under an optional heading."""

    links: tuple[Link, ...]
    heading: str = ""


@dataclass(frozen=True)
class Frame:
    """The shared part of the chrome, in one language. Every label arrives translated."""

    name: str
    tagline: str = ""
    language: str = "ja"
    logo_url: str = ""
    image_url: str = ""  # whole address of what stands beside a shared link
    brand_url: str = ""
    home_url: str = "/"
    is_console: bool = False
    navigation_label: str = ""
    navigation: tuple[LinkGroup, ...] = ()
    tabs: tuple[Link, ...] = ()
    search_url: str = "/search/"
    search_placeholder: str = ""
    primary: Link | None = None
    tools: tuple[Link, ...] = ()  # icon buttons with counters: messages, notifications
    menu: tuple[Link, ...] = ()  # the member's own menu: settings, sign out
    languages: tuple[Link, ...] = ()
    sign_in_url: str = ""
    join_url: str = ""
    desk_url: str = "/desk/"
    find_url: str = "/desk/find/"
    studio_url: str = "/studio/"
    feeds: tuple[Link, ...] = ()

    @cached_property
    def member_topbar(self) -> list[str]:
        """The header of somebody signed in, as pieces."""
        return self._pieces("kizuna/_topbar.html", is_member=True)

    @cached_property
    def visitor_topbar(self) -> list[str]:
        """The header of a visitor, as pieces."""
        return self._pieces("kizuna/_topbar.html", is_member=False)

    @cached_property
    def sidenav(self) -> list[str]:
        """The side navigation, as pieces."""
        return self._pieces("kizuna/_sidenav.html")

    @cached_property
    def tabbar(self) -> list[str]:
        """The tab bar of phones, as pieces."""
        return self._pieces("kizuna/_tabbar.html")

    def _pieces(self, template: str, **context: bool) -> list[str]:
        with override(self.language):
            return SLOT.split(render_to_string(template, {"frame": self, **context}))


@dataclass(frozen=True, slots=True)
class ViewerCard:
    """What the chrome shows of the person who looks."""

    name: str
    profile_url: str
    hue: int | None = None
    avatar_url: str = ""
    can_desk: bool = False
    can_studio: bool = False
    can_find: bool = False


@dataclass(frozen=True, slots=True)
class Chrome:
    """One request's chrome. `viewer` is None for a visitor; `theme` is "light", "dark" or empty for the system's."""

    frame: Frame
    viewer: ViewerCard | None = None
    theme: str = ""
    current: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    counts_url: str = ""
    theme_url: str = ""
    # As whom a manager looks at the page; empty for oneself.
    view_as: str = ""


NEUTRAL = Chrome(frame=Frame(name="Kizuna", search_url=""))


def render_topbar(chrome: Chrome) -> SafeString:
    """Return the header."""
    return _fill(chrome.frame.member_topbar if chrome.viewer else chrome.frame.visitor_topbar, chrome)


def render_sidenav(chrome: Chrome) -> SafeString:
    """Return the side navigation, which on a phone is the menu sheet."""
    return _fill(chrome.frame.sidenav, chrome) if chrome.frame.navigation else mark_safe("")


def render_tabbar(chrome: Chrome) -> SafeString:
    """Return the tab bar of phones."""
    return _fill(chrome.frame.tabbar, chrome) if chrome.frame.tabs else mark_safe("")


def _fill(pieces: list[str], chrome: Chrome) -> SafeString:
    # SLOT.split leaves literal, slot name, key, literal, slot name, key, …, literal.
    filled = [pieces[0]]
    for place in range(1, len(pieces), 3):
        filled.append(SLOTS[pieces[place]](chrome, pieces[place + 1]))
        filled.append(pieces[place + 2])
    return mark_safe("".join(filled))  # noqa: S308  (drawn by templates and leaves, both escape)


def _current(chrome: Chrome, key: str) -> str:
    return ' aria-current="page"' if key and key == chrome.current else ""


def _count(chrome: Chrome, key: str) -> str:
    return leaves.count(chrome.counts.get(key, 0))


def _new(chrome: Chrome, key: str) -> str:
    return leaves.count(chrome.counts.get(key, 0), new=True)


def _pip(chrome: Chrome, key: str) -> str:
    return leaves.pip(chrome.counts.get(key, 0))


def _label(chrome: Chrome, key: str) -> str:
    key, plain, unread = key.split("|")
    number = chrome.counts.get(key, 0)
    return unread.replace("{n}", str(number)) if number else plain


def _avatar(chrome: Chrome, key: str) -> str:
    viewer = chrome.viewer
    return leaves.avatar(name=viewer.name, hue=viewer.hue, url=viewer.avatar_url, size=key) if viewer else ""


def _viewer(chrome: Chrome, key: str) -> str:
    return conditional_escape(getattr(chrome.viewer, key))


def _door(chrome: Chrome, key: str) -> str:
    # A door that a person may not open is absent from the page, not hidden in it. The parts are escaped already.
    permission, url, icon, label = key.split("|")
    if not getattr(chrome.viewer, permission):
        return ""
    return mark_safe(f'<a href="{url}">{leaves.icon(icon)}{label}</a>')  # noqa: S308


def _finder(chrome: Chrome, key: str) -> str:
    # As with a door: the link to what only staff may search is absent from the pages of others.
    if not (chrome.viewer and chrome.viewer.can_find):
        return ""
    url, label, words, found, empty = key.split("|")
    return mark_safe(  # noqa: S308  (the parts are escaped already)
        f'<a class="btn btn--ghost btn--sm only-wide palettekey" href="{url}" data-palette data-label="{label}" '
        f'data-placeholder="{words}" data-found="{found}" data-empty="{empty}" aria-keyshortcuts="Control+K Meta+K">'
        f'{leaves.icon("list-filter")}{label}<kbd aria-hidden="true">Ctrl K</kbd></a>'
    )


SLOTS = {
    "current": _current,
    "count": _count,
    "new": _new,
    "pip": _pip,
    "label": _label,
    "avatar": _avatar,
    "viewer": _viewer,
    "door": _door,
    "finder": _finder,
}
