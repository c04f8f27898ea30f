"""People at accounts: who they are, where they work and worked, which member they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, update_many
from kizuna.base.text import phones
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import Recipient
from kizuna.success.customers import activities, naming, policies, seeing
from kizuna.success.customers.actions.checking import checked_contact, line, require_chunk
from kizuna.success.customers.actions.working import Beginning, began, begin_all, record_of, see_domains
from kizuna.success.customers.matching import domains
from kizuna.success.customers.models import Account, AccountDomain, Contact, Employment, MatchDecision
from kizuna.success.customers.queries import opening

FIELDS = ("name", "kana", "email", "phone", "external_id", "recommends")
DESCRIBED = ("email_key", "phone_key", "reading", "search_text", "recipient", "updated_at")  # what is kept beside them


@transaction.atomic
def add_contact(
    *, viewer: Viewer, account: Account, fields: Mapping[str, Any], now: datetime, import_id: int | None = None
) -> Contact:
    """Add a person at an account. Somebody known by that address is taken on, not added twice."""
    return add_contacts(viewer=viewer, rows=[{**fields, "account_id": account.pk}], now=now, import_id=import_id)[0]


@transaction.atomic
def add_contacts(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Contact]:
    """Add people: rows hold FIELDS, `account_id`, `department`, `title`, `started_at`. The many-form."""
    policies.require_worker(viewer)
    require_chunk(rows)
    seeing.require_may_fill(viewer, *rows)
    known_accounts = set(
        Account.objects.filter(pk__in={row["account_id"] for row in rows}).values_list("pk", flat=True)
    )
    if any(row["account_id"] not in known_accounts for row in rows):
        raise Refused(_("Please choose from the list."), field="account")
    contacts = _known_or_new([checked_contact(row) for row in rows], now=now, import_id=import_id)
    begin_all(
        [
            Beginning(
                contact,
                account_id=row["account_id"],
                department=line(row, "department", longest=80),
                title=line(row, "title", longest=80),
                how=Employment.How.IMPORT if import_id else row.get("how", Employment.How.STAFF),
                at=row.get("started_at") or now,
            )
            for contact, row in zip(contacts, rows, strict=True)
        ]
    )
    see_domains([(contact, row["account_id"]) for contact, row in zip(contacts, rows, strict=True)], now=now)
    if import_id is None:
        for contact, row in zip(contacts, rows, strict=True):
            props = {"account": row["account_id"]}
            record_of(activities.CONTACT_ADDED, contact, viewer=viewer, now=now, props=props)
    return contacts


@transaction.atomic
def change_contact(
    *, viewer: Viewer, contact: Contact, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> Contact:
    """Change what is known of a person."""
    if opened is not None:
        _require_unchanged(opened, contact, fields)
    change_contacts(viewer=viewer, changes={contact.pk: fields}, now=now)
    return Contact.objects.get(pk=contact.pk)


def _require_unchanged(opened: Opened, contact: Contact, fields: Mapping[str, Any]) -> None:
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    said = [name for name in FIELDS if name in fields]
    if any(getattr(contact, name) != fields[name] for name in said):
        verb = activities.CONTACT_CHANGED.verb
        require_unchanged(
            opened,
            opening.values_of(contact, said),
            lambda after: opening.logged_changes(verb, contact.pk, said, after=after),
        )


@transaction.atomic
def change_contacts(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> dict[int, dict[str, list[Any]]]:
    """Change what is known of people: the many-form. Returns {person: {field: [before, after]}} of what changed."""
    policies.require_worker(viewer)
    require_chunk(changes)
    seeing.require_may_change(viewer, *changes.values())
    contacts = Contact.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk")
    found: dict[int, tuple[Contact, dict[str, list[Any]]]] = {}
    for contact in contacts:
        clean = checked_contact({**{name: getattr(contact, name) for name in FIELDS}, **changes[contact.pk]})
        differing = {
            name: [before, clean[name]] for name in FIELDS if (before := getattr(contact, name)) != clean[name]
        }
        if differing:
            _require_free(clean, own_id=contact.pk)
            found[contact.pk] = contact, differing
    recipients = _recipients(normalised_email(item["email"][1]) for _row, item in found.values() if "email" in item)
    for contact, differing in found.values():
        for name, (_before, after) in differing.items():
            setattr(contact, name, after)
        own = {contact.email_key: contact.recipient} if contact.recipient_id and contact.recipient else {}
        _describe(contact, {**own, **recipients}, now=now)
        if import_id is None:
            props = {"fields": ",".join(differing)}
            record_of(activities.CONTACT_CHANGED, contact, viewer=viewer, now=now, props=props)
    columns = {name for _contact, differing in found.values() for name in differing}
    update_many([contact for contact, _differing in found.values()], [*sorted(columns), *DESCRIBED])
    return {pk: differing for pk, (_contact, differing) in found.items()}


@transaction.atomic
def make_contacts(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int) -> list[Contact]:
    """Add people who are at no account yet, or take them on where number or address is known. For importers."""
    policies.require_worker(viewer)
    require_chunk(rows)
    seeing.require_may_fill(viewer, *rows)
    return _known_or_new([checked_contact(row) for row in rows], now=now, import_id=import_id)


@transaction.atomic
def link_member(*, viewer: Viewer, contact: Contact, member: Member, now: datetime) -> None:
    """Say that a person is this member, who may then take a copy of what is held of the person: addresses and orders."""
    policies.require_worker(viewer)
    for group in (seeing.CONTACT, seeing.AMOUNT):
        seeing.require(viewer, group, field="member")
    if Contact.objects.filter(member=member).exclude(pk=contact.pk).exists():
        raise Refused(_("This member is linked to another person already."), field="member")
    _link(contact, member, viewer=viewer, how=Employment.How.STAFF, now=now)


@transaction.atomic
def unlink_member(*, viewer: Viewer, contact: Contact, now: datetime) -> None:
    """Take a wrong link back."""
    policies.require_worker(viewer)
    Contact.objects.filter(pk=contact.pk).update(member=None, updated_at=now)
    record_of(activities.CONTACT_CHANGED, contact, viewer=viewer, now=now, props={"fields": "member"})


@transaction.atomic
def join_by_address(*, viewer: Viewer, member: Member, now: datetime) -> Contact | None:
    """Link a member by the address they proved: a person known by it, or an account that has verified its domain.

    A domain that was only seen is proposed to the team instead; free mail says nothing. A pair refused before stays refused.
    """
    if not member.email_key or not member.is_active or member.is_imported:
        return None
    contact = Contact.objects.filter(member=member).first()
    if contact is None and (contact := Contact.objects.filter(email_key=member.email_key, member=None).first()):
        _link(contact, member, viewer=viewer, how=Employment.How.INVITATION, now=now)
    key = domains.key_of(member.email)
    found = list(AccountDomain.objects.filter(domain=key).order_by("-is_verified", "pk")) if key else []
    refused = MatchDecision.objects.filter(
        subject_type="member", subject_key=str(member.pk), verdict=MatchDecision.Verdict.REFUSED
    ).values_list("account_id", flat=True)
    found = [item for item in found if item.account_id not in set(refused)]
    if found and found[0].is_verified:
        return _joined(member, contact, found[0], viewer=viewer, now=now)
    for item in found:
        _propose(member, item, verdict=MatchDecision.Verdict.PROPOSED, confidence=0.7, now=now)
    return contact


def _joined(
    member: Member, contact: Contact | None, domain: AccountDomain, *, viewer: Viewer, now: datetime
) -> Contact:
    if contact is None:
        fields = {"name": member.name, "kana": member.kana, "email": member.email, "phone": "", "external_id": ""}
        contact = _known_or_new([{**fields, "recommends": False}], now=now, import_id=None)[0]
        _link(contact, member, viewer=viewer, how=Employment.How.DOMAIN, now=now)
    if not Employment.objects.filter(contact=contact, account_id=domain.account_id).exists():
        began(contact, domain.account_id, "", "", viewer=viewer, how=Employment.How.DOMAIN, now=now)
        _propose(member, domain, verdict=MatchDecision.Verdict.AUTOMATIC, confidence=0.95, now=now)
    return contact


def _propose(member: Member, domain: AccountDomain, *, verdict: str, confidence: float, now: datetime) -> None:
    MatchDecision.objects.get_or_create(
        subject_type="member",
        subject_key=str(member.pk),
        account_id=domain.account_id,
        defaults={
            "subject_text": f"{member.name} @{member.handle}"[:200],
            "confidence": confidence,
            "reason": "verified_domain" if domain.is_verified else "seen_domain",
            "verdict": verdict,
            "decided_at": now if verdict == MatchDecision.Verdict.AUTOMATIC else None,
            "created_at": now,
        },
    )


def _link(contact: Contact, member: Member, *, viewer: Viewer, how: str, now: datetime) -> None:
    contact.member, contact.updated_at = member, now
    contact.save(update_fields=["member", "updated_at"])
    for account_id in contact.employments.filter(ended_at=None).values_list("account_id", flat=True):
        props = {"member": member.pk, "contact": contact.pk, "how": str(how)}
        record(
            activities.ACCOUNT_JOINED,
            actor_id=viewer.member_id,
            object_type="account",
            object_id=account_id,
            at=now,
            props=props,
        )


def _known_or_new(rows: Sequence[Mapping[str, Any]], *, now: datetime, import_id: int | None) -> list[Contact]:
    """Return the person of each row, known by number or address, or added."""
    ids = {row["external_id"] for row in rows} - {""}
    keys = {normalised_email(row["email"]) for row in rows} - {""}
    # The indexes leave out who has no number or address; SQLite looks into them only where the condition does so, too.
    with_id = Contact.objects.filter(external_id__in=ids).exclude(external_id="") if ids else ()
    with_key = Contact.objects.filter(email_key__in=keys).exclude(email_key="") if keys else ()
    by_id = {row.external_id: row for row in with_id}
    by_key = {row.email_key: row for row in with_key}
    recipients = _recipients(keys)
    found, new = [], []
    for row in rows:
        contact = by_id.get(row["external_id"]) or by_key.get(normalised_email(row["email"]))
        if contact is None:
            contact = Contact(**row, import_id=import_id, created_at=now)
            _describe(contact, recipients, now=now)
            new.append(contact)
            by_id |= {contact.external_id: contact} if contact.external_id else {}
            by_key |= {contact.email_key: contact} if contact.email_key else {}
        found.append(contact)
    insert_many(new)
    return found


def _recipients(keys: Iterable[str]) -> dict[str, Recipient]:
    rows = Recipient.objects.filter(address_key__in=set(keys) - {""}).exclude(address_key="")
    return {row.address_key: row for row in rows}


def _describe(contact: Contact, recipients: Mapping[str, Recipient], *, now: datetime) -> None:
    """Put what is kept beside the facts: order, search, the recipient of mail."""
    contact.email_key = normalised_email(contact.email)
    contact.phone_key = phones.key_of(contact.phone)
    contact.reading = naming.folded(contact.kana or contact.name)[:80]
    contact.search_text = naming.person_search_text(contact.name, contact.kana, contact.email)
    contact.recipient = recipients.get(contact.email_key)
    contact.updated_at = now


def _require_free(clean: Mapping[str, Any], *, own_id: int) -> None:
    others = Contact.objects.exclude(pk=own_id)
    key = normalised_email(clean["email"])
    if key and others.filter(email_key=key).exclude(email_key="").exists():
        raise Refused(_("Another person has this address."), field="email", code="taken")
    if clean["external_id"] and others.filter(external_id=clean["external_id"]).exclude(external_id="").exists():
        raise Refused(_("Another person has this number already."), field="external_id", code="taken")
