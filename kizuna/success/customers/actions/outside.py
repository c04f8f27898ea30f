"""Put the ids that a provider told at sign-in on the contact, and the contact at the account that has that number."""

from datetime import datetime

from django.db import transaction

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.people import add_contact, change_contact, link_member
from kizuna.success.customers.actions.working import begin_employment
from kizuna.success.customers.models import Account, Contact, Employment, MatchDecision


@transaction.atomic
def carry_outside_ids(
    *, viewer: Viewer, member: Member, person_id: str, customer_id: str, now: datetime
) -> Contact | None:
    """Say of a member which person and which account they are by their numbers elsewhere.

    No account is made: one that is brought in later is found at the next sign-in. What somebody refused stays refused, and
    a number that a person has already is not written over.
    """
    if not member.is_active or member.is_imported:
        return None
    account = _account(member, customer_id)
    contact = Contact.objects.filter(member=member).first() or _by_number(person_id)
    if contact is None and account is not None:
        said = {"name": member.name, "kana": member.kana, "email": member.email}
        contact = add_contact(viewer=viewer, account=account, fields={**said, "external_id": person_id}, now=now)
    if contact is None or contact.member_id not in (None, member.pk):
        return None
    if contact.member_id is None:
        link_member(viewer=viewer, contact=contact, member=member, now=now)
    if account is not None and not Employment.objects.filter(contact=contact, account=account).exists():
        begin_employment(viewer=viewer, contact=contact, account=account, now=now)
    if person_id and not contact.external_id and _by_number(person_id, whoever=True) is None:
        change_contact(viewer=viewer, contact=contact, fields={"external_id": person_id}, now=now)
    return contact


def _account(member: Member, customer_id: str) -> Account | None:
    if not customer_id:
        return None
    refused = MatchDecision.objects.filter(
        subject_type="member", subject_key=str(member.pk), verdict=MatchDecision.Verdict.REFUSED
    ).values("account_id")
    found = Account.objects.filter(external_id=customer_id).exclude(external_id="")
    return found.exclude(state=Account.State.MERGED).exclude(pk__in=refused).first()


def _by_number(person_id: str, *, whoever: bool = False) -> Contact | None:
    if not person_id:
        return None
    found = Contact.objects.filter(external_id=person_id).exclude(external_id="")
    return (found if whoever else found.filter(member=None)).first()
