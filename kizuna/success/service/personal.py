"""What the service board holds about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry
from kizuna.success.service import actions
from kizuna.success.service.models import LaterContact


def later(*, person: Person) -> Iterator[Any]:
    """Yield what the person asked after a question of theirs at the form."""
    member = person.member_id or 0
    asked = Inquiry.objects.filter(inbox.asked_by(person)).values("pk")
    mine = Q(ask__member_id=member) | Q(topic__author_id=member) | Q(inquiry__in=asked)
    rows = LaterContact.objects.filter(mine).order_by("id")
    yield from rows.values("at", "channel", "inquiry_id", "topic_id", "similarity")


LATER = PersonalData(
    "service.later",
    _("What was asked after a question at the contact form"),
    (),
    later,
    erase=actions.forget_person,
    order=10,
    kept_because=_("How long an inquiry waited stays for the counts, without who wrote."),
)
BY_STAFF = PersonalExempt(
    "service.by_staff",
    covers=("service.InquiryFigures.owner",),
    reason="Says who of the team looked after an inquiry; an erased member's row has no name any more.",
)
