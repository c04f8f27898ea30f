"""What testimonials hold about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.members.models import Member
from kizuna.engagement.testimonials import actions
from kizuna.engagement.testimonials.queries import personal_rows_of


def given(*, person: Person) -> Iterator[Any]:
    """Yield the member's words with the wording they agreed to."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        yield from personal_rows_of(member)["testimonial"]


def forget(*, person: Person, now: datetime) -> Erased:
    """Blank the member's words; they stand nowhere any more."""
    return Erased(kept=sum(actions.erase_person(one) for one in Member.objects.filter(pk=person.member_id or 0)))


GIVEN = PersonalData(
    "testimonials.given",
    _("Your words"),
    ("testimonials.Testimonial.member",),
    given,
    erase=forget,
    kept_because=_("That somebody agreed and when stays, without who and what."),
)
BY_STAFF = PersonalExempt(
    "testimonials.by_staff",
    covers=("testimonials.Testimonial.asked_by", "testimonials.Testimonial.decided_by"),
    reason="Says which manager asked or decided; an erased member's row has no name any more.",
)
