"""Forget a person: the hours stay as sums, without whose they were and without words."""

from django.db import transaction

from kizuna.core.members.models import Member
from kizuna.success.customers.models import Contact
from kizuna.success.effort.models import Effort, EffortTimer, EffortWeekChange


@transaction.atomic
def erase_person(person: Member) -> int:
    """Take a person out of every row: their own hours, and those spent for them as a customer's contact. Returns how many."""
    EffortTimer.objects.filter(member=person).delete()
    own = Effort.objects.filter(member=person).update(member=None, note="", started_at=None, ended_at=None)
    EffortWeekChange.objects.filter(by=person).update(by=None)
    return own + sum(erase_contact(contact) for contact in Contact.objects.filter(member=person))


@transaction.atomic
def erase_contact(contact: Contact) -> int:
    """Take a customer's person out of the hours that were spent for them. Returns how many rows."""
    EffortTimer.objects.filter(contact=contact).update(contact=None, note="")
    return Effort.objects.filter(contact=contact).update(contact=None, note="")
