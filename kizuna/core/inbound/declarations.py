"""What this app offers to Studio and to start-up."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, NavigationItem, WaitingWork
from kizuna.core.inbound.queries import broken_boxes, late_count
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _late(*, viewer: Viewer) -> int:
    return late_count(now=timezone.now())


def _broken(*, viewer: Viewer) -> int:
    return broken_boxes()


STUDIO = NavigationItem(
    "inbound", _("Mail that came in"), "inbound:mails", "inbox", _for_managers, place="studio", section="setup"
)
LATE = WaitingWork(
    "late-inbound", _("Mails that came in and wait"), "inbound:mails", "inbox", _for_managers, count=_late
)
BOXES = WaitingWork(
    "broken-mailboxes", _("Mailboxes that cannot be read"), "inbound:settings", "inbox", _for_managers, count=_broken
)
AUDIT = AuditWords(
    "inbound",
    {
        "inbound_mail.read": _("A mail that came in was read"),
        "inbound_mail.fetched": _("The original of a mail that came in was fetched"),
        "inbound_mail.taken": _("A mail that was set aside was taken after all"),
        "mail_account.saved": _("Mailbox to look into saved"),
        "mail_account.removed": _("Mailbox to look into removed"),
    },
    pages={"inbound_mail": _("Mail that came in")},
    things={"inbound_mail": _("Mail that came in"), "mail_account": _("Mailbox")},
)
