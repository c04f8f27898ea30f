"""What the inbox offers: its page, its rows as targets, its channel of the timeline."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AccountRows, AuditWords, CustomerLink, NavigationItem, Target, TouchpointChannel
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import people, policies, queries
from kizuna.success.inbox.models import Inquiry


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _inquiries(*, viewer: Viewer, ids: list[int]) -> dict[int, Inquiry]:
    return queries.inquiries_visible_to(viewer).in_bulk(ids)


def _url(*, row: Inquiry) -> str:
    return f"/desk/inquiries/{row.pk}/"


def _title(*, row: Inquiry) -> str:
    return row.title


def _excerpt(*, row: Inquiry) -> str:
    return ""


DESK = NavigationItem("inquiries", _("Inquiries"), "inbox:inquiries", "headset", _reads, place="desk")
ROWS = AccountRows("inquiries", _("Inquiries"), lambda: Inquiry)
INQUIRY = Target("inquiry", _("Inquiry"), _inquiries, _url, _title, _excerpt)
CHANNEL = TouchpointChannel(
    "inquiry", _("Inquiry"), "headset", "c-d5", {"inquiry.received": _("%(name)s asked something")}
)
PEOPLE = CustomerLink("inbox", people.completed)
AUDIT = AuditWords("inbox", {"inquiries.exported": _("Inquiries exported")})
