"""Marked places in stored HTML. Sanitised bodies and escaped words hold no comments, so a slot is always ours."""

import zlib
from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

from kizuna.base.components.assets import icon_sprite_url

OPEN, CLOSE = "<!--k:", "-->"
# Raise it when a template in `templates/discussions/fragments/` changes: every stored fragment becomes stale.
TEMPLATE = 2


def fill(fragment: str, values: Mapping[str, str]) -> str:
    """Return `fragment` with each slot's value, in one pass; a slot without a value becomes empty."""
    first, *rest = fragment.split(OPEN)
    filled = [first]
    for piece in rest:
        name, _, after = piece.partition(CLOSE)
        filled += values.get(name, ""), after
    return "".join(filled)


def trusted(html: str) -> SafeString:
    """Return HTML that this package put together from escaped words and bodies sanitised when they were written."""
    return mark_safe(html)  # noqa: S308


def ground(*, time_zone: str) -> str:
    """Return the part of a version that all fragments share: template, the zone of written times, the icons' address."""
    return f"{zlib.crc32(f'{TEMPLATE} {time_zone} {icon_sprite_url()}'.encode()):08x}"
