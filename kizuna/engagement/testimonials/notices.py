"""What a member is told who is asked for some words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.notifications.texts import MailParts, Notice


def _line(*, notification: Notice, language: str) -> str:
    return _("The team would like to hear how you find it. You decide where your words may stand.")


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("May we hear from you?"),
        title=_line(notification=notification, language=language),
        button=_("Write some words"),
        reason=_("This mail was sent because the team asked you for a testimonial."),
        is_formal=True,
    )


ASKED = NotificationText("testimonial.asked", gettext_lazy("When the team asks for my words"), _line, _mail)
