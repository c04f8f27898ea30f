"""Mails about an account. They go to the stored address only, in the reader's language, one recipient each."""

from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kizuna.base.components.mail import render_mail
from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import Refused

UNHURRIED = frozenset({"invitation"})  # leaves after the mails that a person is waiting for


class MailNotSent(Refused):
    """The mail could not be handed over. Nothing else was changed; the person may try again."""

    def __init__(self) -> None:
        super().__init__(
            _("The mail could not be sent. Please try again in a few minutes."), field="email", code="mail_not_sent"
        )


def send(template: str, *, to: str, language: str, **context: Any) -> None:
    """Render `members/mail/TEMPLATE.html` and hand it over. Raises MailNotSent when nobody takes it."""
    _hand_over(_message(template, to=to, language=language, context=context))


def send_in_bulk(template: str, *, to: str, language: str, **context: Any) -> None:
    """Hand over a mail that nobody sits waiting for: those with codes go first."""
    message = _message(template, to=to, language=language, context=context)
    message.extra_headers["Precedence"] = "bulk"
    _hand_over(message)


def _message(template: str, *, to: str, language: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    shared = {
        "site_name": community.name(language),
        "site_url": links.absolute_url("/"),
        "site_tagline": in_language(community.setting(keys.TAGLINE), language),
        "brand_hue": community.setting(keys.BRAND_HUE),
        "brand_chroma": community.setting(keys.BRAND_CHROMA),
    }
    with override(language):
        subject, text, html = render_mail(f"members/mail/{template}.html", {**shared, **context})
    headers = {"Auto-Submitted": "auto-generated", **({"Precedence": "bulk"} if template in UNHURRIED else {})}
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def _hand_over(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except (OSError, SMTPException):
        raise MailNotSent from None
