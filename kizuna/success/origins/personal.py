"""What origins hold about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.members.models import Member
from kizuna.success.origins import actions
from kizuna.success.origins.queries import personal_rows_of


def brought(*, person: Person) -> Iterator[Any]:
    """Yield the customers that the member is noted to have brought."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        yield from personal_rows_of(member)["origin"]


def forget(*, person: Person, now: datetime) -> Erased:
    """Take the member out as a referrer of customers."""
    return Erased(kept=sum(actions.erase_person(one) for one in Member.objects.filter(pk=person.member_id or 0)))


BROUGHT = PersonalData(
    "origins.brought",
    _("Customers noted as brought by you"),
    ("origins.Origin.referrer",),
    brought,
    erase=forget,
    disclosure="withheld",
    withheld_because=_("It names other companies as customers."),
    kept_because=_("That the customer was referred stays, without by whom."),
)
BY_STAFF = PersonalExempt(
    "origins.by_staff",
    covers=("origins.Origin.by",),
    reason="Says which member of staff noted an origin; an erased member's row has no name any more.",
)
