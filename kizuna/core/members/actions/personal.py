"""Remove what members' tables still hold of a person whose membership was closed."""

from datetime import datetime

from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.core.members.models import (
    ApiToken,
    AttributeValue,
    AudienceMember,
    Consent,
    HandleReservation,
    Invitation,
    InvitationBatch,
    JoinRequest,
    Member,
    PurposeConsent,
    RoleGrant,
    SignIn,
    Suspension,
)
from kizuna.core.members.queries import proof_key

OWN = (SignIn, ApiToken, AttributeValue, AudienceMember, RoleGrant, HandleReservation, JoinRequest)


def forget_member_rows(*, person: Person, now: datetime) -> Erased:
    """Remove profile answers, sign-ins, tokens, roles, invitations and reasons of suspensions; agreements stay under no name."""
    removed, kept = _forget_addresses(person), _keep_proofs(person)
    if person.member_id is None:
        return Erased(removed=removed, kept=kept)
    for model in OWN:
        removed += model.objects.filter(member_id=person.member_id).delete()[0]
    removed += Suspension.objects.filter(member_id=person.member_id).exclude(reason="").update(reason="")
    kept += Consent.objects.filter(member_id=person.member_id).count()
    return Erased(removed=removed, kept=kept + Member.objects.filter(pk=person.member_id).count())


def _keep_proofs(person: Person) -> int:
    """Put the hash of the address into the record of consents, so that a last no outlives the person's data.

    The law on specified electronic mail asks to keep it; a member's own agreements stay with the nameless row.
    """
    proof = next((proof_key(address) for address in sorted(person.addresses)), "")
    own = Q(address_key__in=person.addresses - {""})
    if person.member_id is not None:
        own |= Q(member_id=person.member_id)
    if person.contact_id is not None:
        own |= Q(contact_id=person.contact_id)
    rows = PurposeConsent.objects.filter(own)
    return rows.update(address_key=proof, note="") if proof else rows.filter(address_key="").update(note="")


def _forget_addresses(person: Person) -> int:
    """Remove invitations to the person's addresses, open or used, and their lines in files of addresses."""
    removed = Invitation.objects.filter(email_key__in=person.addresses).delete()[0]
    for batch in InvitationBatch.objects.exclude(errors=[]):
        left = [fault for fault in batch.errors if str(fault.get("email", "")).lower() not in person.addresses]
        if len(left) < len(batch.errors):
            removed += len(batch.errors) - len(left)
            InvitationBatch.objects.filter(pk=batch.pk).update(errors=left)
    return removed
