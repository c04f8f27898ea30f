"""What the team is told of inquiries, and a member of an answer."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.texts import MailParts, Notice


def _line_of(sentence: Any) -> Callable[..., str]:
    def line(*, notification: Notice, language: str) -> str:
        names = {"name": notification.actors[0] if notification.actors else "Kizuna", "title": notification.title}
        return str(sentence % names)

    return line


def _mail_of(line: Callable[..., str], reason: Any) -> Callable[..., MailParts]:
    def mail(*, notification: Notice, language: str, reader: str) -> MailParts:
        # What was written stays inside: mail leaves the house.
        said = line(notification=notification, language=language)
        return MailParts(
            subject=_("Inquiry: %(title)s") % {"title": notification.title},
            title=said,
            button=_("Open the inquiry"),
            reason=str(reason),
        )

    return mail


def _offered(*, viewer: Viewer) -> bool:
    return can_use_desk(viewer)


def _everybody(*, viewer: Viewer) -> bool:
    return viewer.is_member


TEAM = gettext_lazy("This mail was sent because an inquiry concerns you or your department.")
ASKER = gettext_lazy("This mail was sent because you asked us something.")


def _text(kind: str, label: Any, sentence: Any, *, mailed: bool = True, for_members: bool = False) -> NotificationText:
    line = _line_of(sentence)
    return NotificationText(
        kind,
        label,
        line,
        _mail_of(line, ASKER if for_members else TEAM),
        mail_by_default=mailed,
        is_offered=_everybody if for_members else _offered,
    )


GIVEN = _text(
    "inquiry.given", gettext_lazy("Inquiries given to you"), gettext_lazy("%(name)s gave you the inquiry “%(title)s”")
)
NOTED = _text(
    "inquiry.noted",
    gettext_lazy("Notes on inquiries that call you"),
    gettext_lazy("%(name)s calls you in a note on “%(title)s”"),
)
AGAIN = _text(
    "inquiry.wrote_again",
    gettext_lazy("Customers who write again"),
    gettext_lazy("The customer wrote again: “%(title)s”"),
    mailed=False,
)
URGENT = _text("inquiry.urgent", gettext_lazy("Urgent inquiries without an owner"), gettext_lazy("Urgent: “%(title)s”"))
DUE_SOON = _text(
    "inquiry.due_soon", gettext_lazy("Inquiries due soon"), gettext_lazy("“%(title)s” is due soon"), mailed=False
)
ESCALATED = _text(
    "inquiry.escalated",
    gettext_lazy("Inquiries that will not be in time"),
    gettext_lazy("“%(title)s” will not be answered or finished in time"),
)
HANDED = _text(
    "inquiry.handed",
    gettext_lazy("Inquiries handed to your department"),
    gettext_lazy("%(name)s handed the inquiry “%(title)s” to your department"),
)
RETURNED = _text(
    "inquiry.returned",
    gettext_lazy("Inquiries that come back"),
    gettext_lazy("%(name)s answered, and the inquiry “%(title)s” came back"),
)
LATE_BACK = _text(
    "inquiry.late_back",
    gettext_lazy("Inquiries that should be back soon"),
    gettext_lazy("“%(title)s” should be back from the department soon"),
)
NOT_SENT = _text(
    "inquiry.not_sent",
    gettext_lazy("Answers that could not be sent"),
    gettext_lazy("Your answer to “%(title)s” could not be sent"),
)
ANSWERED = _text(
    "own_inquiry.answered",
    gettext_lazy("Answers to what you asked us"),
    gettext_lazy("Your inquiry “%(title)s” was answered"),
    for_members=True,
)
