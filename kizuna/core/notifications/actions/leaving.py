"""What happens to a person's notifications and mail when they are erased, and to mail in a copied community."""

from datetime import datetime

from django.db import transaction

from kizuna.base import hosting
from kizuna.base.registry import Erased, Person
from kizuna.core.members.queries import proof_key
from kizuna.core.notifications.models import MailPreference, Notification, OutgoingMail, Recipient

COPIED = "copied"


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Remove what was told and mailed to the person and their choices, and their name from mails to others.

    A stop stays under a hash of the address: whoever is imported again later is still not mailed.
    """
    removed = 0
    addresses = set(person.addresses)
    if person.member_id is not None:
        removed += Notification.objects.filter(member_id=person.member_id).delete()[0]
        removed += MailPreference.objects.filter(member_id=person.member_id).delete()[0]
        addresses |= set(Recipient.objects.filter(member_id=person.member_id).values_list("address_key", flat=True))
        removed += _forget_name(person.member_id)
    kept = 0
    for address in addresses - {""}:
        removed += OutgoingMail.objects.filter(address__iexact=address).delete()[0] + _remove_written(address)
        kept += _forget_recipients(address)
    return Erased(removed=removed, kept=kept)


@transaction.atomic
def stop_waiting_mails(*, now: datetime) -> int:
    """Stop all mail that waits: in a copy of a community it would reach people a second time."""
    return OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING).update(
        state=OutgoingMail.State.STOPPED, error=COPIED, text="", html="", finished_at=now, next_attempt_at=None
    )


def _forget_name(member_id: int) -> int:
    """Take the texts out of mails to others that told of something the member did."""
    told = OutgoingMail.objects.filter(actor_id=member_id).exclude(text="", html="")
    return told.update(text="", html="")


def _forget_recipients(address: str) -> int:
    """Remove the address, or put its hash in its place where a stop hangs on it; return how many stay."""
    kept = 0
    for recipient in Recipient.objects.filter(address_key=address):
        proof = proof_key(address)
        known = Recipient.objects.filter(person_key=proof).first()
        if known is not None:  # erased before: the proofs join
            recipient.stops.exclude(kind__in=known.stops.values("kind")).update(recipient=known)
        elif recipient.stops.exists():
            Recipient.objects.filter(pk=recipient.pk).update(
                address="", address_key="", person_key=proof, member=None, contacted_on=None, contact_count=0
            )
            kept += 1
            continue
        recipient.delete()
    return kept


def _remove_written(address: str) -> int:
    """Remove the mails to an address that lie as files, where no mail server is set."""
    count = 0
    for file in (hosting.current().folder / "mail").glob("*.eml"):
        if address.encode() in file.read_bytes().lower():
            file.unlink(missing_ok=True)
            count += 1
    return count
