"""What the inbox offers: its page, its rows as targets, its channel of the timeline."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import (
    AccountDoor,
    AccountRows,
    AuditWords,
    CustomerLink,
    NavigationItem,
    ReplyDoor,
    Target,
    TouchpointChannel,
)
from kizuna.core.community.queries import setting
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import people, policies, queries
from kizuna.success.inbox.models import Inquiry, InquiryMessage
from kizuna.success.inbox.settings import FORM


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


def _in_navigation(*, viewer: Viewer) -> bool:
    return setting(FORM)["place"] == "navigation" and policies.can_use_form(viewer)


def _in_menu(*, viewer: Viewer) -> bool:
    return setting(FORM)["place"] == "menu" and policies.can_use_form(viewer)


def _own(*, viewer: Viewer, ids: list[int]) -> dict[int, Inquiry]:
    return queries.own_inquiries(viewer).in_bulk(ids)


def _own_url(*, row: Inquiry) -> str:
    return f"/me/inquiries/{row.pk}/"


def _messages(*, viewer: Viewer, ids: list[int]) -> dict[int, InquiryMessage]:
    return queries.messages_visible_to(viewer).select_related("inquiry").in_bulk(ids)


def _message_url(*, row: InquiryMessage) -> str:
    return f"/desk/inquiries/{row.inquiry_id}/#m-{row.pk}"


def _message_title(*, row: InquiryMessage) -> str:
    return row.inquiry.title


def _message_excerpt(*, row: InquiryMessage) -> str:
    return ""


def _defines(*, viewer: Viewer) -> bool:
    return policies.can_define(viewer)


DESK = NavigationItem("inquiries", _("Inbox"), "inbox:inquiries", "inbox", _reads, place="desk")
HOURS = NavigationItem(
    "hours", _("Business hours"), "inbox:hours", "calendar-clock", _defines, place="studio", section="setup"
)
RULES = NavigationItem(
    "inbox-rules", _("Dues and urgency"), "inbox:rules", "clock", _defines, place="studio", section="setup"
)
ROWS = AccountRows("inquiries", _("Inquiries"), lambda: Inquiry)
INQUIRY = Target("inquiry", _("Inquiry"), _inquiries, _url, _title, _excerpt)
MESSAGE = Target(
    "inquiry_message", _("Message of an inquiry"), _messages, _message_url, _message_title, _message_excerpt
)
CHANNEL = TouchpointChannel(
    "inquiry",
    _("Inquiry"),
    "headset",
    "c-d5",
    {"inquiry.received": _("%(name)s asked something"), "inquiry.replied": _("Answered")},
)
FORM_SETTINGS = NavigationItem(
    "contact-form", _("Contact form"), "inbox:contact-form", "clipboard-list", _defines, place="studio", section="setup"
)
CONTACT = NavigationItem("contact", _("Contact us"), "inbox:contact", "mail", _in_navigation)
CONTACT_IN_MENU = NavigationItem("contact-menu", _("Contact us"), "inbox:contact", "mail", _in_menu, place="menu")
OWN_PAGE = AccountDoor(
    "inquiries",
    _("Your inquiries"),
    _("What you asked us by the contact form, and our answers."),
    "inbox:own-inquiries",
)
OWN_INQUIRY = Target("own_inquiry", _("Inquiry"), _own, _own_url, _title, _excerpt)
SENDING = "kizuna.success.inbox.sending"
TO_QUESTION = ReplyDoor("inbox.question", "question", f"{SENDING}.to_topic", inside=True, files="in_text")
TO_MENTION = ReplyDoor("inbox.mention", "mention", f"{SENDING}.to_topic", inside=True, files="in_text")
TO_OWN_PAGE = ReplyDoor(
    "inbox.own_page", "form", f"{SENDING}.to_own_page", inside=True, takes=f"{SENDING}.is_members", files="attached"
)
TO_OWN_WIDGET = ReplyDoor(
    "inbox.own_widget", "widget", f"{SENDING}.to_own_page", inside=True, takes=f"{SENDING}.is_members", files="attached"
)
PEOPLE = CustomerLink("inbox", people.completed)
AUDIT = AuditWords(
    "inbox",
    {"inquiries.exported": _("Inquiries exported")},
    settings={
        "community.hours": _("Business hours changed"),
        "inbox.due_rules": _("Dues of inquiries changed"),
        "inbox.urgent_words": _("Urgent words changed"),
        "inbox.first_plans": _("Plans that go first changed"),
        "inbox.first_tiers": _("Customers that go first changed"),
        "inbox.warn_minutes": _("Warning before a due changed"),
        "inbox.form": _("Contact form changed"),
        "inbox.escalate_minutes": _("Telling managers before a due changed"),
    },
)
