"""What customers hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt, PersonalFile, PersonSource
from kizuna.core.files import storage
from kizuna.core.files.models import File
from kizuna.success.customers import actions
from kizuna.success.customers.models import (
    Account,
    Contact,
    Contract,
    Employment,
    MatchDecision,
    Note,
    Purchase,
    Touchpoint,
)

SHORTEST_WORD = 3  # shorter names are parts of other words
BATCH = 1000


def link(*, person: Person) -> Person:
    """Add the contact that a member is, or the member that a contact is."""
    if person.contact_id is None and person.member_id is not None:
        found = Contact.objects.filter(member_id=person.member_id).values_list("pk", flat=True).first()
        return person.joined(contact_id=found)
    if person.member_id is None and person.contact_id is not None:
        found = Contact.objects.filter(pk=person.contact_id).values_list("member_id", flat=True).first()
        return person.joined(member_id=found)
    return person


def describe(*, person: Person) -> Person:
    """Add the contact's addresses, outside id, names, telephone, and the customer that is the person themself."""
    contact = Contact.objects.filter(pk=person.contact_id).first() if person.contact_id else None
    if contact is None:
        return person
    own = Account.objects.filter(kind=Account.Kind.PERSON, employments__contact=contact)
    words = {word for word in (contact.name, contact.kana, contact.phone) if len(word) >= SHORTEST_WORD}
    return person.joined(
        name=contact.name,
        addresses={contact.email_key} - {""},
        external_ids={contact.external_id} - {""},
        words=words,
        account_ids=set(own.values_list("pk", flat=True)),
    )


def born_at(*, person: Person) -> str:
    """Return when the contact was added: the row is never made again."""
    made = Contact.objects.filter(pk=person.contact_id or 0).values_list("created_at", flat=True)
    return next((moment.isoformat() for moment in made), "")


def profile(*, person: Person) -> Iterator[Any]:
    """Yield the contact as one record."""
    rows = Contact.objects.filter(pk=person.contact_id or 0)
    yield from rows.values("name", "kana", "email", "phone", "external_id", "created_at", "updated_at")


def places(*, person: Person) -> Iterator[Any]:
    """Yield where the person works and worked."""
    rows = Employment.objects.filter(contact_id=person.contact_id or 0).order_by("started_at", "id")
    yield from rows.values("account__name", "department", "title", "started_at", "ended_at", "how")


def shared_notes(*, person: Person) -> Iterator[Any]:
    """Yield the notes about the person that may be shown to customers."""
    yield from _notes(person, is_internal=False)


def internal_notes(*, person: Person) -> Iterator[Any]:
    """Yield the team's own notes about the person."""
    yield from _notes(person, is_internal=True)


def note_files(*, person: Person) -> Iterator[PersonalFile]:
    """Yield the files in notes that may be shown."""
    ids = [row["id"] for row in shared_notes(person=person)]
    for file in File.objects.filter(target_type="note", target_id__in=ids, is_removed=False).order_by("id"):
        path = storage.path_of(file.key)
        if path.exists():
            yield PersonalFile(name=f"{file.pk}-{file.name}", path=path)


def judgements(*, person: Person) -> Iterator[Any]:
    """Yield what the team thinks of the person."""
    yield from Contact.objects.filter(pk=person.contact_id or 0).values("recommends")


def touches(*, person: Person) -> Iterator[Any]:
    """Yield the lines of the timeline that are not the team's own."""
    rows = Touchpoint.objects.filter(contact_id=person.contact_id or 0, is_internal=False).order_by("at", "id")
    columns = ("at", "channel", "direction", "kind", "title", "excerpt")
    yield from rows.values(*columns).iterator(chunk_size=BATCH)


def purchases(*, person: Person) -> Iterator[Any]:
    """Yield orders of the person."""
    rows = Purchase.objects.filter(contact_id=person.contact_id or 0).order_by("purchased_on", "id")
    yield from rows.values("purchased_on", "kind", "product", "quantity", "amount", "currency", "external_id")


def own_accounts(*, person: Person) -> Iterator[Any]:
    """Yield the customers that are the person themself, with their contracts."""
    for account in Account.objects.filter(pk__in=person.account_ids).order_by("pk"):
        contracts = Contract.objects.filter(account=account).order_by("starts_on", "id")
        yield {
            "name": account.name,
            "kana": account.kana,
            "phone": account.phone,
            "external_id": account.external_id,
            "customer_since": account.customer_since,
            "contracts": list(contracts.values("title", "external_id", "starts_on", "ends_on", "ended_on")),
        }


def matches(*, person: Person) -> Iterator[Any]:
    """Yield the proposals of which customer the member belongs to."""
    rows = MatchDecision.objects.filter(subject_type="member", subject_key=str(person.member_id)).order_by("id")
    yield from rows.values("account__name", "confidence", "reason", "verdict", "created_at")


def _notes(person: Person, *, is_internal: bool) -> Iterator[Any]:
    rows = Note.objects.filter(contact_id=person.contact_id or 0, is_internal=is_internal, is_removed=False)
    yield from rows.order_by("id").values("id", "created_at", "edited_at", "body").iterator(chunk_size=BATCH)


OURS = _("Telling it would hinder the work with customers (APPI, article 33, paragraph 2).")
BY_LAW = _("Contracts and orders are kept as the tax law asks; the name is replaced.")
SOURCE = PersonSource("contact", link, describe, born_at)
CONTACT = PersonalData(
    "customers.contact",
    _("As a contact"),
    ("customers.Contact.member", "customers.Touchpoint.contact"),
    profile,
    erase=actions.forget_contact,
    order=80,
    kept_because=BY_LAW,
)
PLACES = PersonalData("customers.places", _("Places of work"), ("customers.Employment.contact",), places)
NOTES = PersonalData(
    "customers.notes",
    _("Notes that may be shown"),
    ("customers.Note.contact",),
    shared_notes,
    files=note_files,
    erase=actions.forget_notes,
    order=20,
)
INTERNAL_NOTES = PersonalData(
    "customers.internal_notes", _("Notes of the team"), (), internal_notes, disclosure="withheld",
    withheld_because=OURS,
)  # fmt: skip
JUDGEMENTS = PersonalData(
    "customers.judgements", _("The team's judgement"), (), judgements, disclosure="withheld", withheld_because=OURS
)
TEXTS = PersonalData("customers.texts", _("Names in texts and histories"), erase=actions.scrub_texts, order=30)
TOUCHES = PersonalData("customers.touches", _("Timeline"), ("customers.Touchpoint.member",), touches)
PURCHASES = PersonalData("customers.purchases", _("Orders"), ("customers.Purchase.contact",), purchases)
OWN_ACCOUNTS = PersonalData("customers.own_accounts", _("As a customer"), (), own_accounts)
LINKS = PersonalData(
    "customers.links",
    _("Proposed links to customers"),
    ("customers.SavedView.owner", "customers.NoteMention.member"),
    matches,
    erase=actions.forget_member_links,
    order=70,
    kept_because=_("Lines of the timeline stay under no name."),
)
BY_STAFF = PersonalExempt(
    "customers.by_staff",
    covers=(
        "customers.Account.owner", "customers.AccountDomain.verified_by", "customers.AccountOwnership.member",
        "customers.AccountChange.by", "customers.ContractChange.by", "customers.MatchDecision.decided_by",
        "customers.Merge.by", "customers.Merge.undone_by", "customers.SuccessDefinition.by", "customers.Note.author",
        "customers.NoteVersion.by", "customers.PutOffStep.by",
    ),
    reason="Says who of the team acted or looks after a customer; an erased member's row has no name any more.",
)  # fmt: skip
