"""What the inbox holds about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.customers.personal import OURS
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Delivery, FormAsk, Inquiry, InquiryDraft, InquiryMessage

BATCH = 1000
INTERNAL = InquiryMessage.Direction.INTERNAL


def inquiries(*, person: Person) -> Iterator[Any]:
    """Yield what the person asked."""
    rows = Inquiry.objects.filter(actions.asked_by(person)).order_by("received_at", "id")
    columns = ("received_at", "title", "channel", "category", "state", "first_response_at", "closed_at", "external_id",
               "sender")  # fmt: skip
    yield from rows.values("id", *columns).iterator(chunk_size=BATCH)


def messages(*, person: Person) -> Iterator[Any]:
    """Yield what the person wrote and what was answered to them."""
    rows = InquiryMessage.objects.filter(actions.written_with(person)).exclude(direction=INTERNAL)
    rows = rows.exclude(delivery__state__in=[Delivery.State.TAKEN_BACK, Delivery.State.FAILED])
    yield from rows.order_by("at", "id").values("inquiry_id", "at", "direction", "body").iterator(chunk_size=BATCH)


def remarks(*, person: Person) -> Iterator[Any]:
    """Yield what the team wrote among itself on the person's inquiries."""
    rows = InquiryMessage.objects.filter(actions.written_with(person), direction=INTERNAL)
    yield from rows.order_by("at", "id").values("inquiry_id", "at", "body").iterator(chunk_size=BATCH)


def drafts(*, person: Person) -> Iterator[Any]:
    """Yield what somebody of the team is writing."""
    rows = InquiryDraft.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("inquiry_id", "kind", "body", "updated_at").iterator(chunk_size=BATCH)


INQUIRIES = PersonalData(
    "inbox.inquiries",
    _("Inquiries"),
    ("inbox.Inquiry.contact", "inbox.Inquiry.member"),
    inquiries,
    erase=actions.forget_person,
    order=30,
    kept_because=_("When an inquiry came in and was answered stays for the counts, without name and words."),
)
MESSAGES = PersonalData("inbox.messages", _("Messages in inquiries"), ("inbox.InquiryMessage.contact",), messages)
REMARKS = PersonalData(
    "inbox.remarks", _("Remarks of the team on inquiries"), (), remarks, disclosure="withheld", withheld_because=OURS
)
DRAFTS = PersonalData(
    "inbox.drafts",
    _("Drafts of answers"),
    ("inbox.InquiryDraft.member", "inbox.InquiryPresence.member"),
    drafts,
    erase=actions.forget_drafts,
)


def asked(*, person: Person) -> Iterator[Any]:
    """Yield what the person began to ask by the form, and how it ended."""
    rows = FormAsk.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("subject", "outcome", "began_at", "ended_at").iterator(chunk_size=BATCH)


ASKED = PersonalData(
    "inbox.asked",
    _("Questions at the contact form"),
    ("inbox.FormAsk.member",),
    asked,
    erase=actions.forget_asked,
    kept_because=_("How a question at the form ended stays for the counts, without name and words."),
)
BY_STAFF = PersonalExempt(
    "inbox.by_staff",
    covers=(
        "inbox.Inquiry.owner", "inbox.InquiryMessage.author", "inbox.InquiryMention.member", "inbox.InquiryChange.by",
        "inbox.InquiryHandover.by", "inbox.InquiryHandover.ended_by", "inbox.InquiryWork.member",
    ),
    reason="Says who of the team looks after an inquiry or answered; an erased member's row has no name any more.",
)  # fmt: skip
