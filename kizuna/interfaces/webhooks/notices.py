"""What owners are told of webhooks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.members.policies import can_own
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.texts import MailParts, Notice
from kizuna.interfaces.webhooks.wording import STOPPED


def _line(*, notification: Notice, language: str) -> str:
    why: Any = STOPPED.get(str(notification.props.get("why", "")), STOPPED["failing"])
    return str(why % {"title": notification.title})


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("A webhook has stopped"),
        title=_line(notification=notification, language=language),
        button=_("Open the webhook"),
        lines=(_("Nothing is told there until somebody lets it go on in Studio."),),
        reason=_("This mail was sent because you own this community."),
    )


def _offered(*, viewer: Viewer) -> bool:
    return can_own(viewer)


STOPPED_TEXT = NotificationText(
    "webhook.stopped", gettext_lazy("Webhooks that have stopped"), _line, _mail, is_offered=_offered
)
