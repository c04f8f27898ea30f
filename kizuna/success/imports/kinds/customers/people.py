"""What a batch of rows would do to the people at customers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.success.customers.actions.checking import checked_contact, line
from kizuna.success.customers.actions.people import FIELDS
from kizuna.success.customers.models import Contact, Employment
from kizuna.success.imports.contacts import known_by
from kizuna.success.imports.kinds.customers.fields import CONTACT_FIELDS, POST, account_key, contact_key, post_key
from kizuna.success.imports.records import Context, Plan

THING, EMPLOYMENT = "contact", "employment"
FIELD_OF = {name: field for field, name in CONTACT_FIELDS.items()}


@dataclass
class ContactWork:
    """What is to be done for one person."""

    contact: Contact | None = None
    is_new: bool = False
    fields: dict[str, Any] = field(default_factory=dict)  # all of a new person, else what changes
    begins: dict[str, str] | None = None  # department and title of a period that begins
    ends: int | None = None  # the period that ends by it
    key: str = ""


def plan_people(plans: Sequence[Plan], context: Context) -> None:
    """Add to the plans what happens to people."""
    named = [item for item in plans if any(item.row.values.get(name) for name in CONTACT_FIELDS)]
    if not named:
        return
    people, posts = _known(named)
    seen: set[str] = set()
    for item in named:
        _plan_one(item, people, posts, seen, context)


@dataclass
class People:
    """Persons who are there, by each of their keys."""

    by_id: dict[str, Contact]
    by_email: dict[str, Contact]
    by_name: dict[tuple[int, str], Contact]


def _known(plans: Sequence[Plan]) -> tuple[People, dict[tuple[int, int], Employment]]:
    values = [item.row.values for item in plans]
    ids = {str(row["contact_external_id"]) for row in values if row.get("contact_external_id")}
    emails = {normalised_email(str(row["contact_email"])) for row in values if row.get("contact_email")} - {""}
    found = list(Contact.objects.filter(known_by(ids, emails))) if ids or emails else []
    accounts = {item.work.account.id for item in plans if item.work.account.id}
    names = {str(row["contact_name"]) for row in values if row.get("contact_name")}
    there = Employment.objects.filter(account_id__in=accounts, ended_at=None).filter(
        Q(contact__name__in=names) | Q(contact__in=found)
    )
    posts = {(row.contact_id, row.account_id): row for row in there.select_related("contact")}
    people = People(
        by_id={row.external_id: row for row in found if row.external_id},
        by_email={row.email_key: row for row in found if row.email_key},
        by_name={(row.account_id, row.contact.name): row.contact for row in posts.values()},
    )
    return people, posts


def _plan_one(
    item: Plan,
    people: People,
    posts: dict[tuple[int, int], Employment],
    seen: set[str],
    context: Context,
) -> None:
    values, account_id = item.row.values, item.work.account.id
    account = account_key(values)
    key = contact_key(values, account)
    if not key:  # a telephone or a reading alone names nobody
        item.refuse(context.header("contact_name"), "no_person_named")
        return
    contact = _found(item, people, account_id, context)
    if item.problems:
        return
    work = ContactWork(contact, key=key)
    is_said_before = key in seen or (context.is_rehearsal and not item.row.is_first(key))
    if not is_said_before:
        _compare(item, work, context)
    _plan_post(item, work, posts, seen, post_key(key, account), context)
    if item.problems:
        return
    seen |= {key, post_key(key, account)}
    item.work.contact = work


def _found(item: Plan, people: People, account_id: int | None, context: Context) -> Contact | None:
    values = item.row.values
    by_id = people.by_id.get(str(values.get("contact_external_id") or ""))
    by_email = people.by_email.get(normalised_email(str(values.get("contact_email") or "")))
    if by_id and by_email and by_id.pk != by_email.pk:
        item.refuse(context.header("contact_email"), "address_of_another", value=values["contact_email"])
    if by_email and by_email.external_id and values.get("contact_external_id") and not by_id:
        item.refuse(context.header("contact_email"), "address_of_another", value=values["contact_email"])
    if by_id or by_email:
        return by_id or by_email
    found = people.by_name.get((account_id or 0, str(values.get("contact_name") or "")))
    # Somebody of that name with another address or number is somebody else.
    says_other = found is not None and (
        (values.get("contact_email") and found.email) or (values.get("contact_external_id") and found.external_id)
    )
    return None if says_other else found


def _compare(item: Plan, work: ContactWork, context: Context) -> None:
    given = {own: item.row.values[name] for name, own in CONTACT_FIELDS.items() if name in item.row.values}
    given = {own: "" if value is None else value for own, value in given.items()}
    contact = work.contact
    before = {name: getattr(contact, name) for name in FIELDS} if contact else {}
    try:
        clean = checked_contact({**before, **given})
    except Refused as refused:
        name = FIELD_OF.get(refused.field or "", "contact_name")
        # The file may hold no column to point to.
        nameless = contact is None and name == "contact_name" and not given.get("name")
        reason = "person_without_name" if nameless else refused.reason
        item.refuse(context.header(name), reason, value=given.get(refused.field, ""))
        return
    if contact is None:
        work.is_new, work.fields = True, clean
        item.changes += [(THING, name, None, clean[name]) for name in CONTACT_FIELDS.values() if clean[name]]
        return
    work.fields = {name: clean[name] for name in CONTACT_FIELDS.values() if clean[name] != before[name]}
    item.changes += [(THING, name, before[name], after) for name, after in work.fields.items()]


def _plan_post(
    item: Plan,
    work: ContactWork,
    posts: dict[tuple[int, int], Employment],
    seen: set[str],
    key: str,
    context: Context,
) -> None:
    try:
        post = {name: line(item.row.values, name, longest=80) for name in POST}
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason)
        return
    if key in seen or (context.is_rehearsal and not item.row.is_first(key)):
        return
    account_id = item.work.account.id
    there = posts.get((work.contact.pk, account_id)) if work.contact and account_id else None
    says_other = there is not None and any(post.values()) and post != {name: getattr(there, name) for name in POST}
    if there is not None and not says_other:
        return
    work.begins, work.ends = post, there.pk if there else None
    if there is None:
        # Somebody known who is now at another customer too: that is a change of theirs, not a new person.
        item.changes.append((EMPLOYMENT, "account", None if work.is_new else "", item.title))
    for name, after in post.items():
        before = getattr(there, name) if there else (None if work.is_new else "")
        if after and before != after:
            item.changes.append((EMPLOYMENT, name, before, after))
