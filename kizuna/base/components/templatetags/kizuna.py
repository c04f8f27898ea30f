"""The one template library: `{% load kizuna %}`. Every tag is a leaf; arguments are in docs/components.md."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from kizuna.base.components import head, leaves
from kizuna.base.components.assets import asset_url
from kizuna.base.components.chrome import NEUTRAL
from kizuna.base.components.parts import PARTS
from kizuna.base.components.patterns import mark_of

register = template.Library()

WIDGET_CLASSES = {
    widgets.CheckboxSelectMultiple: "",
    widgets.RadioSelect: "",
    widgets.CheckboxInput: "",
    widgets.ClearableFileInput: "file",
    widgets.Select: "select",
    widgets.Textarea: "area",
    widgets.Input: "input",
}


@register.simple_tag
def icon(name: str, label: str = "", filled: bool = False) -> SafeString:
    """Draw an icon of the sprite."""
    return leaves.icon(name, label=label, filled=filled)


@register.simple_tag
def avatar(name: str, hue: int | None = None, url: str = "", size: str = "", square: bool = False) -> SafeString:
    """Draw a person's picture, or the first character on their hue; sizes: xs, sm, (40 px), lg."""
    return leaves.avatar(name=name, hue=hue, url=url or "", size=size, square=square)


@register.simple_tag
def chip(word: str, tone: str = "", icon: str = "", url: str = "") -> SafeString:
    """Draw a state or a tag; tones: good, warn, bad, brand, line."""
    return leaves.chip(word, tone=tone, icon_name=icon, url=url)


@register.simple_tag
def badge(name: str, icon: str = "award") -> SafeString:
    """Draw a badge beside a name."""
    return leaves.badge(name, icon_name=icon)


@register.simple_tag
def level(number: int, gold: bool = False) -> SafeString:
    """Draw the level beside a name."""
    return leaves.level(number, gold=gold)


@register.simple_tag
def staff_mark() -> SafeString:
    """Draw the mark of staff."""
    return leaves.staff_mark()


@register.simple_tag
def moment(at: dt.datetime, relative: bool = True) -> SafeString:
    """Draw a time in the community's zone; the browser makes it relative unless told not to."""
    return leaves.moment(at, now=timezone.now(), relative=relative)


@register.simple_tag
def count(number: int, new: bool = False) -> SafeString:
    """Draw a counter; nothing for zero."""
    return leaves.count(number, new=new)


@register.simple_tag
def pip(number: int) -> SafeString:
    """Draw the counter on an icon; nothing for zero."""
    return leaves.pip(number)


@register.simple_tag
def bar(percent: float, label: str = "", color: str = "") -> SafeString:
    """Draw a bar of 0–100 %."""
    return leaves.bar(percent, label=label, color=color)


@register.simple_tag
def sparkline(values: list[float], label: str, color: str = "") -> SafeString:
    """Draw a small curve; the label says what it shows."""
    return leaves.sparkline(values, label=label, color=color)


@register.simple_tag
def ring(value: float, label: str, top: float = 100, color: str = "") -> SafeString:
    """Draw a score ring."""
    return leaves.ring(value, label=label, top=top, color=color)


@register.simple_tag
def stackbar(parts: list[tuple[str, float]], label: str) -> SafeString:
    """Draw parts of a whole: (color, percent) from left to right."""
    return leaves.stackbar(parts, label=label)


@register.simple_tag
def text_link(url: str, label: str, icon: str = "", push: bool = False) -> SafeString:
    """Draw a small bold link; `push` moves it to the end of its row."""
    return leaves.text_link(url, label, icon_name=icon, push=push)


@register.simple_tag
def knot() -> SafeString:
    """Draw the mark."""
    return leaves.KNOT


@register.simple_tag
def knot_art() -> SafeString:
    """Draw the large knot of empty states and error pages."""
    return leaves.KNOT_ART


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file."""
    return asset_url(path)


@register.simple_tag
def importmap() -> SafeString:
    """Draw the import map; its hash is `csp.importmap_hash()`."""
    return head.importmap()


def _part(name: str, words: str) -> None:
    """Register a part of the chrome as a tag; in a page drawn as a pattern it leaves its mark instead."""

    def drawn(context: Mapping[str, Any]) -> str:
        if context.get("is_pattern"):
            return mark_of(name)
        return PARTS[name](
            chrome=context.get("chrome") or NEUTRAL,
            request=context.get("request"),
            language=get_language() or "ja",
            token=lambda request: str(context.get("csrf_token", "")),
        )

    drawn.__doc__ = words
    register.simple_tag(drawn, takes_context=True, name=name)


_part("view_as_bar", "Say as whom a manager looks, with the way back.")
_part("topbar", "Draw the header.")
_part("sidenav", "Draw the side navigation.")
_part("tabbar", "Draw the tab bar of phones.")
_part("site_name", "Give the name of the community.")
_part("html_attributes", "Give language, theme and density of the page.")
_part(
    "body_attributes", "Give what scripts need: the token of a member's requests and the addresses of counts and theme."
)
_part("head_assets", "Draw the links to stylesheets, icons, feeds and scripts.")
_part("page_end", "Draw the messages that wait for this person, the live region and the help on keys.")


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Draw a form control with our classes; the described-by and invalid marks come from Django."""
    control = field.field.widget
    kind = next((name for known, name in WIDGET_CLASSES.items() if isinstance(control, known)), "")
    classes = " ".join(filter(None, (kind, str(control.attrs.get("class", "")))))
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.simple_tag
def optional_mark(field: BoundField) -> SafeString:
    """Draw the word for a field that may stay empty."""
    if field.field.required or field.field.disabled:
        return mark_safe("")
    return format_html(' <span class="small muted normal">{}</span>', gettext("optional"))


@register.filter
def in_slot(text: str) -> SafeString:
    """Escape a text for a part of a chrome slot, whose parts are divided by bars."""
    return mark_safe(conditional_escape(text).replace("|", "&#124;"))  # noqa: S308


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """Tell whether the control is a group of choices, which is named by a legend."""
    return field.field.widget.use_fieldset


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether the control is one checkbox, whose label stands behind it."""
    return isinstance(field.field.widget, widgets.CheckboxInput)
