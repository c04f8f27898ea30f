"""What a person is told of their own timer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kizuna.base.registry import NotificationText
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.texts import MailParts, Notice
from kizuna.success.effort import policies


def _line(*, notification: Notice, language: str) -> str:
    return _("Your timer is still running. Did you forget it?")


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Your timer is still running"),
        title=_line(notification=notification, language=language),
        lines=(_("Nothing has been counted. Please say how long you really worked, or throw the timer away."),),
        button=pgettext("effort", "Answer"),
        reason=_("This mail was sent because a timer of yours ran longer than the limit."),
    )


def _offered(*, viewer: Viewer) -> bool:
    return policies.can_see_effort(viewer)


FORGOTTEN = NotificationText(
    "effort.forgotten", gettext_lazy("A timer that I forgot"), _line, _mail, mail_by_default=False, is_offered=_offered
)
