"""Leaves of mails: everything inline, hexadecimal copies of the light tokens, `class` only for dark mail programs."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kizuna.base.components.brand import DEFAULT_CHROMA, DEFAULT_HUE, brand_hex

register = template.Library()

FONT = (
    "font-family:'Helvetica Neue',Arial,'Hiragino Sans','Hiragino Kaku Gothic ProN','Noto Sans JP',"
    "'Noto Sans CJK JP','BIZ UDPGothic',Meiryo,sans-serif"
)
INKS = {"ink": "#1e2229", "ink2": "#474c54", "ink3": "#61656d", "good": "#076941"}


@register.simple_tag
def mail_font() -> str:
    """Give the font declaration for a style attribute."""
    return FONT


@register.simple_tag(takes_context=True)
def mail_brand(context: Mapping[str, Any]) -> str:
    """Give the community's brand colour."""
    hue, chroma = context.get("brand_hue"), context.get("brand_chroma")
    return brand_hex(
        hue=DEFAULT_HUE if hue is None else float(hue), chroma=DEFAULT_CHROMA if chroma is None else float(chroma)
    )


@register.simple_tag
def mail_heading(text: str) -> SafeString:
    """Draw a heading inside the mail."""
    return format_html(
        '<h2 class="ink" style="margin:0 0 12px;{};font-size:17px;line-height:1.5;font-weight:700;color:{}">{}</h2>',
        FONT, INKS["ink"], text,
    )  # fmt: skip


@register.simple_tag
def mail_text(text: str, ink: str = "ink", size: int = 15) -> SafeString:
    """Draw a paragraph; inks: ink, ink2, ink3, good."""
    return format_html(
        '<p class="{}" style="margin:0 0 12px;{};font-size:{}px;line-height:1.75;color:{}">{}</p>',
        ink, FONT, size, INKS[ink], text,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def mail_link(context: Mapping[str, Any], url: str, label: str) -> SafeString:
    """Draw a bold link on its own line."""
    return format_html(
        '<p style="margin:0 0 4px;{};font-size:15px;line-height:1.6"><a class="brand" href="{}" '
        'style="color:{};font-weight:700;text-decoration:underline">{}</a></p>',
        FONT, url, mail_brand(context), label,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def mail_button(context: Mapping[str, Any], url: str, label: str) -> SafeString:
    """Draw the one button of a mail."""
    color = mail_brand(context)
    return format_html(
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="btn" bgcolor="{}" '
        'style="background:{};border-radius:10px"><a class="onb" href="{}" style="display:inline-block;'
        'padding:13px 26px;{};font-size:15px;line-height:1.4;font-weight:700;color:#fdfcf9;text-decoration:none">{}</a>'
        "</td></tr></table>",
        color, color, url, FONT, label,
    )  # fmt: skip
