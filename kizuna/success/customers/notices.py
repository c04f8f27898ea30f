"""What the team is told of customers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.texts import MailParts, Notice


def _line(*, notification: Notice, language: str) -> str:
    names = {"name": notification.actors[0] if notification.actors else "", "title": notification.title}
    return str(gettext_lazy("%(name)s named you in a note on %(title)s") % names)


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    # The note itself stays inside: mail leaves the house.
    return MailParts(
        subject=_("A note for you: %(title)s") % {"title": notification.title},
        title=_line(notification=notification, language=language),
        button=_("Read the note"),
        reason=_("This mail was sent because a colleague named you in a note."),
    )


def _offered(*, viewer: Viewer) -> bool:
    return can_use_desk(viewer)


NOTED = NotificationText(
    "note.mentioned", gettext_lazy("Notes on customers that name you"), _line, _mail, is_offered=_offered
)
