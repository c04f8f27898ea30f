"""Leaves: small pieces of markup as plain functions.

The template tags of the same names call these, and so does Python that stores rendered fragments. They return safe
markup, ask no database and hold no style attribute: hues and colours are classes, lengths are SVG attributes.
"""

import datetime as dt
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from kizuna.base.components.assets import icon_sprite_url

KNOT = mark_safe(
    '<svg viewBox="0 0 40 40" fill="none" stroke-width="2.6" stroke-linecap="round" aria-hidden="true">'
    '<path class="knot-a" d="M4 27C11 27 15 23 18.5 18.5 22 14 24 10 28.5 10a6.2 6.2 0 0 1 0 12.4c-4 0-6.6-3-9-6.2"/>'
    '<path class="knot-b" d="M36 29c-7 0-11-4-14.5-8.5C18 16 16 10 11.5 10a6.2 6.2 0 0 0 0 12.4c2.6 0 4.6-1.2 6.3-3"/>'
    "</svg>"
)
KNOT_ART = mark_safe(
    '<svg class="art" viewBox="0 0 96 72" fill="none" stroke-width="4" stroke-linecap="round" aria-hidden="true">'
    '<path class="knot-a" d="M6 58c22 0 32-12 41-24 8-10 13-18 23-18a14 14 0 0 1 0 28c-9 0-15-7-20-14"/>'
    '<path class="knot-b" d="M90 62c-20 0-30-12-38-24-8-11-14-22-26-22a14 14 0 0 0 0 28c6 0 11-3 15-8"/></svg>'
)
WEEKDAYS_JA = "月火水木金土日"
AVATAR_SIZES = {"": "", "xs": " avatar--xs", "sm": " avatar--sm", "lg": " avatar--lg"}
RING_LENGTH = 302.0  # circumference of the ring's circle, radius 48.06


@lru_cache(maxsize=1024)
def icon(name: str, *, label: str = "", filled: bool = False) -> SafeString:
    """Return an icon of the sprite: decorative, or with a label when it stands alone."""
    extra = " ico--fill" if filled else ""
    if label:
        return format_html(
            '<svg class="ico{}" role="img" aria-label="{}"><use href="{}#i-{}"/></svg>',
            extra, label, icon_sprite_url(), name,
        )  # fmt: skip
    return format_html(
        '<svg class="ico{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', extra, icon_sprite_url(), name
    )


def avatar(*, name: str, hue: int | None = None, url: str = "", size: str = "", square: bool = False) -> SafeString:
    """Return a person's picture, or the first character on their hue. Decorative: the name stands beside it."""
    classes = AVATAR_SIZES[size] + (" avatar--sq" if square else "")
    if url:
        return format_html('<img class="avatar{}" src="{}" alt="" loading="lazy" decoding="async">', classes, url)
    step = hue_step(name=name, hue=hue)
    return format_html('<span class="avatar{} ah-{}" aria-hidden="true">{}</span>', classes, step, name[:1].upper())


def hue_step(*, name: str, hue: int | None) -> int:
    """Return the step 0–35 of a hue in degrees; without one the name decides, the same everywhere."""
    degrees = zlib.crc32(name.encode()) if hue is None else hue
    return round(degrees % 360 / 10) % 36


def marked(segments: Iterable[tuple[str, bool]]) -> SafeString:
    """Return a text given in segments (text, is a match) with the matches in `mark`. Plain joining: a page has many."""
    return mark_safe(  # noqa: S308  (every text is escaped)
        "".join(f"<mark>{escape(text)}</mark>" if is_match else escape(text) for text, is_match in segments)
    )


def chip(word: str, *, tone: str = "", icon_name: str = "", url: str = "", hint: str = "") -> SafeString:
    """Return a state or a tag. Tones: good, warn, bad, brand, line; the word carries the meaning, never the colour.

    `hint` says more of it: under the pointer, and to who listens.
    """
    classes = f"chip chip--{tone}" if tone else "chip"
    picture = icon(icon_name) if icon_name else ""
    if url:
        return format_html('<a class="{}" href="{}">{}{}</a>', classes, url, picture, word)
    if hint:
        words = '<span class="{}" title="{}">{}{}<span class="vh"> {}</span></span>'
        return format_html(words, classes, hint, picture, word, hint)
    return format_html('<span class="{}">{}{}</span>', classes, picture, word)


def breadcrumb(links: Iterable[tuple[str, str]]) -> SafeString:
    """Return the way from home to the container of this page, from (label, address)."""
    steps = format_html_join(icon("chevron-right"), '<a href="{}">{}</a>', ((url, label) for label, url in links))
    return format_html('<nav class="crumbs" aria-label="{}">{}</nav>', gettext("Breadcrumb"), steps)


def choices(links: Iterable[tuple[str, str, bool]], *, classes: str = "") -> SafeString:
    """Return links of which one is the present choice, from (label, address, is it)."""
    return format_html_join(
        "",
        '<a{} href="{}"{}>{}</a>',
        (
            (
                format_html(' class="{}"', classes) if classes else "",
                url,
                mark_safe(' aria-current="true"') if is_current else "",
                label,
            )
            for label, url, is_current in links
        ),
    )


def filters(label: str, links: Iterable[tuple[str, str, bool]]) -> SafeString:
    """Return a row of chips that narrow a list."""
    return format_html('<nav class="filters" aria-label="{}">{}</nav>', label, choices(links, classes="chip"))


def badge(name: str, *, icon_name: str = "award") -> SafeString:
    """Return a badge beside a name."""
    return chip(name, tone="brand", icon_name=icon_name)


def level(number: int, *, gold: bool = False) -> SafeString:
    """Return the level mark beside a name."""
    return format_html('<span class="lv{}">Lv.{}</span>', " lv--gold" if gold else "", number)


def staff_mark() -> SafeString:
    """Return the mark that staff carry wherever they speak."""
    return format_html('<span class="staff">{}</span>', pgettext("mark beside a name", "Staff"))


def count(number: int, *, new: bool = False) -> SafeString:
    """Return a quiet or a vermilion counter; nothing for zero."""
    if not number:
        return mark_safe("")
    return format_html('<span class="count{}">{}</span>', " count--new" if new else "", _short(number))


def pip(number: int) -> SafeString:
    """Return the counter on an icon; nothing for zero. The number belongs into the label of the control, too."""
    return format_html('<span class="pip">{}</span>', _short(number)) if number else mark_safe("")


def moment(at: dt.datetime, *, now: dt.datetime | None = None, relative: bool = True) -> SafeString:
    """Return a time in the current zone: absolute text, full date as title, made relative in the browser.

    With `now` the year is left out when it is the same; stored fragments pass none and keep the year.
    """
    zone = timezone.get_current_timezone()
    year = now.astimezone(zone).year if now is not None else None
    return _moment(at, zone, year, relative, _japanese())


@lru_cache(maxsize=4096)
def _moment(at: dt.datetime, zone: dt.tzinfo, year: int | None, relative: bool, japanese: bool) -> SafeString:
    local = at.astimezone(zone)
    text = short_date(local) if year == local.year else year_date(local)
    stamp = local.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tag = format_html('<time datetime="{}" title="{}">{}</time>', stamp, full_date(local), text)
    return format_html("<k-time>{}</k-time>", tag) if relative else tag


def short_date(local: dt.datetime) -> str:
    """Return day and time: 11月22日 9:10, or 22 Nov 9:10."""
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {date_format(local, 'TIME_FORMAT')}"


def year_date(local: dt.datetime) -> str:
    """Return day, time and year."""
    return date_format(local, "DATETIME_FORMAT")


def full_date(local: dt.datetime) -> str:
    """Return the long form with weekday and zone: 2026年11月22日（日） 9:10 JST, or Sunday, 22 Nov 2026 9:10 JST."""
    day, clock = date_format(local, "DATE_FORMAT"), f"{date_format(local, 'TIME_FORMAT')} {local.tzname()}"
    return f"{day}（{WEEKDAYS_JA[local.weekday()]}） {clock}" if _japanese() else f"{local:%A}, {day} {clock}"


def bar(percent: float, *, label: str = "", color: str = "") -> SafeString:
    """Return a bar of 0–100 %; without a label it is decorative, the number stands beside it."""
    described = format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    return format_html(
        '<svg class="bar{}"{}><rect width="{}%" height="100%" rx="4"/></svg>',
        _color(color), described, f"{min(max(percent, 0), 100):.4g}",
    )  # fmt: skip


def sparkline(values: Sequence[float], *, label: str, color: str = "") -> SafeString:
    """Return a small curve of values from left to right; the label says what it shows. One value is a level line."""
    top, last = max(*values, 1) if values else 1, max(len(values) - 1, 1)
    places = [(f"{100 * place / last:.4g}", f"{28 - 26 * value / top:.4g}") for place, value in enumerate(values)]
    line = " ".join(f"{across},{down}" for across, down in places)
    return format_html(
        '<svg class="spark{}" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polygon points="0,29 {} 100,29"/><polyline points="{}"/></svg>',
        _color(color), label, line, line,
    )  # fmt: skip


def ring(value: float, *, top: float = 100, label: str, color: str = "") -> SafeString:
    """Return a score ring with the number inside."""
    drawn = RING_LENGTH * min(max(value / top, 0), 1)
    return format_html(
        '<svg class="ring{}" viewBox="0 0 112 112" role="img" aria-label="{}"><circle cx="56" cy="56" r="48.06"/>'
        '<circle class="ring__v" cx="56" cy="56" r="48.06" transform="rotate(-90 56 56)" stroke-dasharray="{} {}"/>'
        '<text x="56" y="64">{}</text><text class="ring__of" x="56" y="82">/ {}</text></svg>',
        _color(color), label, f"{drawn:.1f}", RING_LENGTH, f"{value:g}", f"{top:g}",
    )  # fmt: skip


def stackbar(parts: list[tuple[str, float]], *, label: str) -> SafeString:
    """Return parts of a whole as (color, percent) from left to right; the numbers belong into the label."""
    starts = [sum(percent for _, percent in parts[:place]) for place in range(len(parts))]
    return format_html(
        '<svg class="stackbar" role="img" aria-label="{}">{}</svg>',
        label,
        format_html_join(
            "",
            '<g class="c-{}"><rect x="{}%" width="{}%" height="100%"/><text x="{}%" y="50%">{}</text></g>',
            (
                (
                    color,
                    f"{start:g}",
                    f"{percent:g}",
                    f"{start + percent / 2:g}",
                    f"{percent:.0f}%" if percent >= 8 else "",
                )
                for (color, percent), start in zip(parts, starts, strict=True)
            ),
        ),
    )


def text_link(url: str, label: str, *, icon_name: str = "", push: bool = False) -> SafeString:
    """Return a small bold link, such as "see all" in the head of a card."""
    picture = icon(icon_name) if icon_name else ""
    return format_html('<a class="textbtn{}" href="{}">{}{}</a>', " push" if push else "", url, picture, label)


def _short(number: int) -> str:
    return f"{number}" if number < 1000 else "999+"


def _color(color: str) -> str:
    return f" c-{color}" if color else ""


def _japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def trusted(html: str) -> SafeString:
    """Return HTML that the text renderer sanitised, for a page to show as it is."""
    return mark_safe(html)  # noqa: S308
