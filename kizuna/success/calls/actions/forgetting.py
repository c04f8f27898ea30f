"""Forget: events after a month, links to recordings when their time is over, a person who is erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.calls.actions.taking import SETTLED_AFTER
from kizuna.success.calls.models import Call, CallEvent, CallVersion
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Contact

BATCH = 1000


def forget_old(*, now: datetime) -> int:
    """Forget what was told of calls that are settled, and recordings whose time is over; return how many rows."""
    old = CallEvent.objects.filter(call__created_at__lt=now - SETTLED_AFTER)
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    removed, _details = CallEvent.objects.filter(pk__in=ids).delete()
    over = Call.objects.filter(recording_until__lt=local_day(now)).exclude(recording_url="")
    with transaction.atomic():
        calls = list(over.values_list("pk", flat=True)[:BATCH])
        # What was told of it goes too: a later event would bring the link back.
        removed += CallEvent.objects.filter(call_id__in=calls).delete()[0]
        return removed + Call.objects.filter(pk__in=calls).update(recording_url="", recording_until=None)


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take number, note and recording off the calls with a person; that there was a call stays."""
    keys = set(
        Contact.objects.filter(pk=person.contact_id or 0).exclude(phone_key="").values_list("phone_key", flat=True)
    )
    theirs = Q(contact_id=person.contact_id or 0) | Q(account_id__in=person.account_ids)
    if keys:
        theirs |= Q(number_key__in=keys, account=None) | Q(number_key__in=keys, contact=None)
    ids = list(Call.objects.filter(theirs).values_list("pk", flat=True))
    removed = CallEvent.objects.filter(call_id__in=ids).delete()[0]
    removed += CallVersion.objects.filter(call_id__in=ids).delete()[0]
    kept = Call.objects.filter(pk__in=ids).update(
        number="", number_key="", note="", recording_url="", recording_until=None, contact=None, updated_at=now
    )
    words = customers.words_of(person)
    notes = Call.objects.filter(account=None).exclude(note="") if words else Call.objects.none()
    return Erased(removed=removed + customers.cover_words(notes, ("note",), words), kept=kept)
