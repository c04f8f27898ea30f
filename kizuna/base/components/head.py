"""What every page begins and ends with; the same for everybody, drawn once per process and language."""

import json
from functools import cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from kizuna.base.components.assets import asset_url, importmap_json

# Morphing keeps typed text and open Japanese composition; pages of errors are announced, never swapped in.
HTMX_CONFIG = {
    "includeIndicatorCSS": False,
    "defaultSwap": "outerMorph",
    "noSwap": [204, 304, "401", "403", "404", "429", "5xx"],
}


@cache
def shared() -> SafeString:
    """Return stylesheet, early theme script, import map, htmx and our module."""
    return format_html(
        '<link rel="stylesheet" href="{}"><script src="{}"></script><meta name="htmx-config" content="{}">'
        '{}<script src="{}" defer></script><script type="module" src="{}"></script>'
        '<link rel="icon" href="{}" type="image/svg+xml">',
        asset_url("kizuna/kizuna.css"), asset_url("kizuna/js/theme.js"), json.dumps(HTMX_CONFIG), importmap(),
        asset_url("kizuna/vendor/htmx-4.0.1.min.js"), asset_url("kizuna/js/app.js"), asset_url("kizuna/knot.svg"),
    )  # fmt: skip


@cache
def importmap() -> SafeString:
    """Return the import map element."""
    return mark_safe(f'<script type="importmap">{importmap_json()}</script>')  # noqa: S308  (our own addresses)


@cache
def message_area(language: str) -> tuple[SafeString, SafeString]:
    """Return what stands before and after the waiting messages: live region, words for scripts, help on keys."""
    with override(language):
        before, after = render_to_string("kizuna/_page_end.html").split("<!--k:messages-->")
    return mark_safe(before), mark_safe(after)  # noqa: S308  (drawn by a template)
