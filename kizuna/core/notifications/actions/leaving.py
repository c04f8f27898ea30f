"""What happens to a member's notifications and mail when the person is taken out, and to mail in a copied community."""

from datetime import datetime

from django.db import transaction

from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.notifications.models import MailPreference, Notification, OutgoingMail, Recipient

COPIED = "copied"


@transaction.atomic
def forget_member(*, member: Member) -> None:
    """Remove what was told to the member, their addresses and choices, and their name from mails to others."""
    addresses = {member.email_key, normalised_email(member.email)} - {""}
    Notification.objects.filter(member=member).delete()
    MailPreference.objects.filter(member=member).delete()
    known = Recipient.objects.filter(member=member)
    addresses |= set(known.values_list("address_key", flat=True))
    Recipient.objects.filter(address_key__in=addresses - {""}).delete()
    for address in addresses - {""}:
        OutgoingMail.objects.filter(address__iexact=address).delete()
    OutgoingMail.objects.filter(actor=member).update(text="", html="")


@transaction.atomic
def stop_waiting_mails(*, now: datetime) -> int:
    """Stop all mail that waits: in a copy of a community it would reach people a second time."""
    return OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING).update(
        state=OutgoingMail.State.STOPPED, error=COPIED, text="", html="", finished_at=now, next_attempt_at=None
    )
