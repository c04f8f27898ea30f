"""What hours hold about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.members.models import Member
from kizuna.success.customers.models import Contact
from kizuna.success.effort import actions
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.rows import personal_rows_of


def hours(*, person: Person) -> Iterator[Any]:
    """Yield the hours that a member of the team noted."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        yield from personal_rows_of(member)["effort"]


def timers(*, person: Person) -> Iterator[Any]:
    """Yield the timer that runs."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        yield from personal_rows_of(member)["effort_timer"]


def spent_on(*, person: Person) -> Iterator[Any]:
    """Yield the hours that the team spent for the person, without whose they were."""
    rows = Effort.objects.filter(contact_id=person.contact_id or 0, is_removed=False).order_by("day", "pk")
    yield from rows.values("day", "minutes", "function__slug", "note")


def forget(*, person: Person, now: datetime) -> Erased:
    """Take the person out of every row; the hours stay as sums."""
    members = list(Member.objects.filter(pk=person.member_id or 0))
    contacts = list(Contact.objects.filter(pk=person.contact_id or 0))
    kept = sum(actions.erase_person(member) for member in members)
    return Erased(kept=kept + sum(actions.erase_contact(contact) for contact in contacts))


HOURS = PersonalData(
    "effort.hours",
    _("Working time"),
    ("effort.Effort.member",),
    hours,
    erase=forget,
    kept_because=_("The hours were spent and stay in the sums, without a name."),
)
TIMERS = PersonalData("effort.timers", _("Timer"), ("effort.EffortTimer.member",), timers)
SPENT = PersonalData(
    "effort.spent",
    _("Working time spent for the person"),
    ("effort.Effort.contact", "effort.EffortTimer.contact"),
    spent_on,
    disclosure="withheld",
    withheld_because=_("These are the team's own notes of its work."),
)
BY_STAFF = PersonalExempt(
    "effort.by_staff",
    covers=("effort.EffortWeekChange.by",),
    reason="Says which manager closed a week; an erased member's row has no name any more.",
)
