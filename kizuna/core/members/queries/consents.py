"""What a person said yes and no to, under every number and address they have."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kizuna.base.registry import Person
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import PurposeConsent


def consents_of_person(person: Person) -> QuerySet[PurposeConsent]:
    """Return every decision of a person, the newest first; also those that outlived an erasure, by the hash of an address."""
    own = Q(address_key__in=[*person.addresses, *map(proof_key, person.addresses)])
    if person.member_id is not None:
        own |= Q(member_id=person.member_id)
    if person.contact_id is not None:
        own |= Q(contact_id=person.contact_id)
    return PurposeConsent.objects.filter(own).select_related("recorded_by").order_by("-at", "-id")


def decision_of(person: Person, *, purpose: str, now: datetime) -> PurposeConsent | None:
    """Return a person's last word on a purpose, None when they never said one."""
    return consents_of_person(person).filter(purpose=purpose, at__lte=now).first()


def proof_key(address: str) -> str:
    """Return what stands for the address of an erased person, so that their last word still counts."""
    return f"sha256:{hashed(address)}"


def purpose_consents(*, member_id: int) -> dict[str, bool]:
    """Return the member's newest decision per purpose; a purpose never asked about is missing."""
    rows = PurposeConsent.objects.filter(member_id=member_id).order_by("at", "id").values_list("purpose", "is_given")
    return dict(rows)
