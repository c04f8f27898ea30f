"""The two places where stored text becomes part of a page unescaped: sanitised HTML, and data for search engines."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.simple_tag
def rendered(html: str) -> SafeString:
    """Return HTML that `base.text.markdown` made; nothing else may be passed."""
    return mark_safe(html)  # noqa: S308 (sanitised when it was written)


@register.simple_tag
def structured_data(data: dict[str, Any]) -> SafeString:
    """Return a JSON-LD block that no text in it can leave."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
