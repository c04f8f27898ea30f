"""What a person was told and mailed, chose and agreed to, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.core.notifications.actions.leaving import forget_person
from kizuna.core.notifications.models import MailPreference, MailStop, Notification, OutgoingMail

BATCH = 1000


def choices(*, person: Person) -> Iterator[Any]:
    """Yield what the member wants to be told."""
    rows = MailPreference.objects.filter(member_id=person.member_id or 0).order_by("kind")
    yield from rows.values("kind", "level", "changed_at")


def told(*, person: Person) -> Iterator[Any]:
    """Yield what the member was told."""
    rows = Notification.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("kind", "target_type", "target_id", "latest_at", "read_at").iterator(chunk_size=BATCH)


def mailed(*, person: Person) -> Iterator[Any]:
    """Yield the mails to the person's addresses; texts that hold a secret are gone by then."""
    rows = OutgoingMail.objects.filter(_of(person) | Q(address__in=person.addresses)).order_by("id")
    yield from rows.values("kind", "address", "subject", "state", "created_at").iterator(chunk_size=BATCH)


def stops(*, person: Person) -> Iterator[Any]:
    """Yield why mail was stopped."""
    yield from MailStop.objects.filter(_of(person)).order_by("at", "id").values("kind", "reason", "at")


def _of(person: Person) -> Q:
    return Q(recipient__member_id=person.member_id or 0) | Q(recipient__address_key__in=person.addresses)


CHOICES = PersonalData("notifications.choices", _("What to be told"), ("notifications.MailPreference.member",), choices)
TOLD = PersonalData(
    "notifications.told", _("Notifications"), ("notifications.Notification.member",), told, erase=forget_person,
    kept_because=_("That no mail is wanted is kept, with a hash in the place of the address."),
)  # fmt: skip
MAILED = PersonalData("notifications.mailed", _("Mails received"), ("notifications.Recipient.member",), mailed)
STOPS = PersonalData("notifications.stops", _("Mail that was stopped"), (), stops)
ACTORS = PersonalExempt(
    "notifications.actors",
    covers=("notifications.Notification.actor", "notifications.OutgoingMail.actor"),
    reason="Whoever did what others are told of; an erased member's row has no name, and texts of mails are removed.",
)
