"""What people are told of their requests."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.notifications.texts import MailParts, Notice


def _line(*, notification: Notice, language: str) -> str:
    return str(gettext_lazy("There is news on your request: %(title)s") % {"title": notification.title})


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    # What was answered is personal and is read after signing in.
    return MailParts(
        subject=_("News on your request"),
        title=_line(notification=notification, language=language),
        button=_("Read the answer"),
        reason=_("This mail was sent because you asked for something about your personal data."),
    )


ANSWERED = NotificationText("request.answered", gettext_lazy("News on requests about my data"), _line, _mail)
