"""What the mailbox holds about people, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.mailbox.actions.forgetting import forget_person, lines_of
from kizuna.success.mailbox.models import Signature


def lines(*, person: Person) -> Iterator[Any]:
    """Yield which mails of the person belong to which inquiry."""
    rows = lines_of(person).order_by("id")
    yield from rows.values("inquiry_id", "direction", "address", "name", "at").iterator(chunk_size=1000)


def signatures(*, person: Person) -> Iterator[Any]:
    """Yield the member's signature."""
    yield from Signature.objects.filter(member_id=person.member_id or 0).values("text", "changed_at")


LINES = PersonalData("mailbox.lines", _("Mails of inquiries"), (), lines, erase=forget_person, order=25)
SIGNATURES = PersonalData("mailbox.signatures", _("Signature"), ("mailbox.Signature.member",), signatures)
BY_STAFF = PersonalExempt(
    "mailbox.by_staff",
    covers=("mailbox.SupportAddress.changed_by", "mailbox.ReplyTemplate.changed_by"),
    reason="Says who of the team set up an address or wrote a template; an erased member's row has no name any more.",
)
