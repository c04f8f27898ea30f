"""What the chrome shows of this app."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import MailDelay, NavigationItem, Target, WaitingWork
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries import failed_count, is_mail_late, targets, unread_count


def _for_members(*, viewer: Viewer) -> bool:
    return viewer.is_member


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _unread(*, viewer: Viewer) -> int:
    return unread_count(viewer)


def _failed(*, viewer: Viewer) -> int:
    return failed_count(now=timezone.now())


LIST = NavigationItem(
    "notifications", _("Notifications"), "notifications:list", "bell", _for_members, count=_unread, place="tools"
)
SETTINGS = NavigationItem(
    "notification-settings", _("What to be told"), "notifications:settings", "mail", _for_members, place="menu"
)
MAILS = NavigationItem(
    "mails",
    pgettext_lazy("navigation", "Mail"),
    "notifications:mails",
    "mail",
    _for_managers,
    place="studio",
    section="setup",
)
FAILED = WaitingWork(
    "failed-mails", _("Mails that could not be sent"), "notifications:mails", "mail", _for_managers, count=_failed
)
DELAY = MailDelay("mail", is_mail_late)
NOTICE = Target(
    name="notification",
    label=_("Notifications"),
    visible=targets.visible_notices,
    url=targets.notice_url,
    title=targets.notice_title,
    excerpt=targets.notice_excerpt,
)
