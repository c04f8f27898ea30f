"""What the team is told of tasks."""

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


def _mail_of(line: Callable[..., str]) -> Callable[..., MailParts]:
    def mail(*, notification: Notice, language: str, reader: str) -> MailParts:
        # What was asked and answered stays inside: mail leaves the house.
        said = line(notification=notification, language=language)
        return MailParts(
            subject=_("Task: %(title)s") % {"title": notification.title},
            title=said,
            button=_("Open the task"),
            reason=_("This mail was sent because a task concerns you or your department."),
        )

    return mail


def _offered(*, viewer: Viewer) -> bool:
    return can_use_desk(viewer)


_given = _line_of(gettext_lazy("%(name)s gave you the task “%(title)s”"))
_handed = _line_of(gettext_lazy("%(name)s handed the task “%(title)s” to your department"))
_returned = _line_of(gettext_lazy("%(name)s answered, and the task “%(title)s” came back"))
_due = _line_of(gettext_lazy("The task “%(title)s” is due"))

GIVEN = NotificationText(
    "task.given", gettext_lazy("Tasks given to you"), _given, _mail_of(_given), is_offered=_offered
)  # fmt: skip
HANDED = NotificationText(
    "task.handed", gettext_lazy("Tasks handed to your department"), _handed, _mail_of(_handed), is_offered=_offered
)
RETURNED = NotificationText(
    "task.returned", gettext_lazy("Tasks that come back"), _returned, _mail_of(_returned), is_offered=_offered
)
DUE = NotificationText(
    "task.due", gettext_lazy("Tasks that are due"), _due, _mail_of(_due), mail_by_default=False, is_offered=_offered
)
