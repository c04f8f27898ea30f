"""What chats offer: the door to LINE, their pages, the words of the audit log."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AccountDoor, AuditWords, InquiryPart, NavigationItem, ReplyDoor, Target
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.chat import policies, queries
from kizuna.interfaces.chat.models import LineChannel
from kizuna.success.inbox.models import Inquiry


def _keeps(*, viewer: Viewer) -> bool:
    return policies.can_keep(viewer)


def _channels(*, viewer: Viewer, ids: list[int]) -> dict[int, LineChannel]:
    return queries.channels_visible_to(viewer).in_bulk(ids)


def _url(*, row: LineChannel) -> str:
    return reverse("chat:channel", args=[row.pk])


def _title(*, row: LineChannel) -> str:
    return row.name


def _nothing(*, row: LineChannel) -> str:
    return ""


def _is_on_line(*, viewer: Viewer) -> bool:
    return queries.is_line_used() or bool(queries.lines_of(viewer.own_id))


def _is_in_slack(*, viewer: Viewer) -> bool:
    return can_use_desk(viewer)


def _who_writes(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> dict[str, Any] | None:
    """Return who asks by LINE, as long as it is not known who that is."""
    if inquiry.channel != Inquiry.Channel.LINE or inquiry.contact_id or not policies.can_work(viewer):
        return None
    user = queries.line_user_of(inquiry)
    return {"user": user} if user else None


SENDING = "kizuna.interfaces.chat.sending"
TO_LINE = ReplyDoor("chat.line", "line", f"{SENDING}.to_line", takes=f"{SENDING}.is_lines", files="linked")
STUDIO = NavigationItem(
    "line-accounts", _("LINE"), "chat:channels", "message-circle", _keeps, place="studio", section="setup"
)
CHANNEL = Target("line_channel", _("LINE account"), _channels, _url, _title, _nothing)
OWN_LINE = AccountDoor(
    "line", _("LINE"), _("Tell us that it is you who writes by LINE."), "chat:own-line", is_for=_is_on_line
)
OWN_SLACK = AccountDoor(
    "slack", _("Slack"), _("Who you are in the team's Slack, for the buttons under its alerts."), "chat:own-slack",
    is_for=_is_in_slack,
)  # fmt: skip
WHO_WRITES = InquiryPart("line", "chat/_who_writes.html", _who_writes)
AUDIT = AuditWords(
    "chat",
    {
        "line_channel.made": _("LINE account added"),
        "line_channel.changed": _("LINE account changed"),
        "line_channel.removed": _("LINE account removed"),
    },
)
