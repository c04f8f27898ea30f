"""Forget a person: the hours stay as sums, without whose they were and without words."""

from django.db import transaction

from kizuna.core.members.models import Member
from kizuna.success.customers.models import Contact
from kizuna.success.effort.models import Effort, EffortTimer, EffortWeekChange


@transaction.atomic
def erase_person(person: Member) -> None:
    """Take a person out of every row: their own hours, and those spent for them as a customer's contact."""
    EffortTimer.objects.filter(member=person).delete()
    Effort.objects.filter(member=person).update(member=None, note="", started_at=None, ended_at=None)
    contacts = Contact.objects.filter(member=person)
    Effort.objects.filter(contact__in=contacts).update(contact=None, note="")
    EffortTimer.objects.filter(contact__in=contacts).update(contact=None, note="")
    EffortWeekChange.objects.filter(by=person).update(by=None)
