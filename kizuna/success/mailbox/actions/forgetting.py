"""What happens to lines of mail when a person is erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from kizuna.base.registry import Erased, Person
from kizuna.success.mailbox.models import Acknowledgement, InquiryKey, MailLine, Signature


def lines_of(person: Person) -> QuerySet[MailLine]:
    """Return the mails to and from the person's addresses."""
    addresses = [address.lower() for address in person.addresses if address]
    return MailLine.objects.filter(Q(address__in=addresses) | Q(answer_to__in=addresses))


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Remove the person's lines, keys and signature; what they wrote is the inbox's to remove."""
    addresses = [address.lower() for address in person.addresses if address]
    removed = lines_of(person).delete()[0]
    removed += InquiryKey.objects.filter(address__in=addresses).delete()[0]
    removed += Acknowledgement.objects.filter(address_key__in=addresses).delete()[0]
    removed += Signature.objects.filter(member_id=person.member_id or 0).delete()[0]
    return Erased(removed=removed)
