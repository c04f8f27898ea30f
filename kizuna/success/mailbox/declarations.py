"""What the mailbox offers: its doors, its pages."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, InquiryLines, NavigationItem, PersonMark, ReplyDoor
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.success.mailbox import acknowledging, policies, stops


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _works(*, viewer: Viewer) -> bool:
    return policies.can_work(viewer)


SENDING = "kizuna.success.mailbox.sending"
LARGEST_FILES = 18_000_000  # some 25 MB as they travel: more is refused by many a mail server
TO_MAIL = ReplyDoor(
    "mailbox.mail", "mail", f"{SENDING}.to_mail", takes=f"{SENDING}.has_address", files="attached",
    most_bytes=LARGEST_FILES,
)  # fmt: skip
TO_FORM = ReplyDoor(
    "mailbox.form", "form", f"{SENDING}.to_mail", takes=f"{SENDING}.has_address", files="attached",
    most_bytes=LARGEST_FILES,
)  # fmt: skip
TO_WIDGET = ReplyDoor(
    "mailbox.widget", "widget", f"{SENDING}.to_mail", takes=f"{SENDING}.has_address", files="attached",
    most_bytes=LARGEST_FILES,
)  # fmt: skip
STUDIO = NavigationItem(
    "support-addresses", _("Support addresses"), "mailbox:addresses", "at-sign", _for_managers, place="studio",
    section="setup",
)  # fmt: skip
TEMPLATES = NavigationItem(
    "reply-templates", _("Reply templates"), "answering:templates", "file-text", _works, place="desk"
)
AUDIT = AuditWords(
    "mailbox",
    {"support_address.saved": _("Support address saved")},
    things={"support_address": _("Support address")},
)
LOG = InquiryLines("mailbox.acknowledgement", acknowledging.lines_of)
STOPS = InquiryLines("mailbox.stops", stops.lines_of)
STOPPED = PersonMark("mailbox.stopped", stops.marks)
