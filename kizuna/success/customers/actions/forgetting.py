"""Erase a contact: the row stays without a name, because contracts and counts hang on it; what was written about them goes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext, override

from kizuna.base.registry import Erased, Person
from kizuna.base.text import markdown
from kizuna.base.text.scrub import scrubbed
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.actions import bump_generation
from kizuna.core.files import actions as files
from kizuna.success.customers import naming
from kizuna.success.customers.actions.covering import accounts_of, cover_words, words_of
from kizuna.success.customers.actions.finding import keep_tails
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    AccountChange,
    AccountDomain,
    AccountName,
    Cancellation,
    Contact,
    Contract,
    ContractChange,
    Employment,
    MatchDecision,
    Note,
    NoteMention,
    NoteVersion,
    Purchase,
    SavedView,
    SuccessDefinition,
    Touchpoint,
)
from kizuna.success.customers.queries.kept import DESK

SUCCESS_TEXTS = ("problem", "goal", "contribution", "criteria")
# What the history of an account that is the person says about them.
ACCOUNT_WORDS = ("name", "kana", "phone", "external_id", "fit_reason", "region", "industry")


def forget_member_links(*, person: Person, now: datetime) -> Erased:
    """Remove what customers hold of somebody as a member: the link to a contact, saved views, mentions, proposals."""
    if person.member_id is None:
        return Erased()
    removed = SavedView.objects.filter(owner_id=person.member_id).delete()[0]
    bump_generation(DESK)
    removed += NoteMention.objects.filter(member_id=person.member_id).delete()[0]
    removed += Contact.objects.filter(member_id=person.member_id).update(member=None, updated_at=now)
    proposals = MatchDecision.objects.filter(subject_type="member", subject_key=str(person.member_id))
    removed += proposals.exclude(subject_text="").update(subject_text="")
    touches = Touchpoint.objects.filter(member_id=person.member_id)
    # What came from somebody who is no contact is about nobody else.
    own = touches.filter(contact=None, direction=Touchpoint.Direction.IN)
    own.update(title="", excerpt="", search_text="", url="")
    return Erased(removed=removed, kept=touches.count())


def forget_notes(*, person: Person, now: datetime) -> Erased:
    """Remove the notes about the person with their versions, files and lines in timelines."""
    notes = Note.objects.filter(account_id__in=person.account_ids)
    if person.contact_id is not None:
        notes = notes | Note.objects.filter(contact_id=person.contact_id)
    ids = list(notes.values_list("pk", flat=True))
    removed = files.remove_attached(target_type="note", target_ids=ids)
    removed += Touchpoint.objects.filter(key__in=[f"note:{pk}" for pk in ids]).delete()[0]
    removed += NoteVersion.objects.filter(note_id__in=ids).delete()[0]
    removed += NoteMention.objects.filter(note_id__in=ids).delete()[0]
    return Erased(removed=removed + Note.objects.filter(pk__in=ids).delete()[0])


def scrub_texts(*, person: Person, now: datetime) -> Erased:
    """Cover the person's name, addresses and telephone in what the team wrote about the customers they worked at."""
    if person.contact_id is None and not person.account_ids:
        return Erased()
    words, accounts = words_of(person), accounts_of(person)
    changed = _scrub_notes(Note.objects.filter(account_id__in=accounts), words)
    changed += cover_words(NoteVersion.objects.filter(note__account_id__in=accounts), ("body",), words)
    changed += cover_words(SuccessDefinition.objects.filter(account_id__in=accounts), SUCCESS_TEXTS, words)
    changed += cover_words(Contract.objects.filter(account_id__in=accounts), ("title", "end_reason"), words)
    changed += cover_words(Cancellation.objects.filter(account_id__in=accounts), ("reason", "told"), words)
    changed += cover_words(Account.objects.filter(pk__in=accounts), ("fit_reason",), words)
    changed += cover_words(MatchDecision.objects.filter(account_id__in=accounts), ("subject_text",), words)
    changed += cover_words(AccountChange.objects.filter(account_id__in=accounts), ("state",), words)
    changed += cover_words(ContractChange.objects.filter(contract__account_id__in=accounts), ("state",), words)
    touches = Touchpoint.objects.filter(account_id__in=accounts)
    changed += cover_words(touches, ("title", "excerpt"), words, folded="search_text")
    return Erased(removed=changed)


def forget_contact(*, person: Person, now: datetime) -> Erased:
    """Blank the contact and their places of work, and what timelines say of them; the customer that is the person likewise."""
    removed = _blank_accounts(person.account_ids, now=now)
    if person.contact_id is None:
        return Erased(removed=removed)
    with override(community.setting(keys.DEFAULT_LANGUAGE)):
        name = gettext("Erased person")
    removed += Contact.objects.filter(pk=person.contact_id).update(
        name=name, kana="", reading=naming.folded(name)[:80], search_text="", email="", email_key="",
        phone="", phone_key="", external_id="", member=None, recipient=None, recommends=False, updated_at=now,
    )  # fmt: skip
    seats = Employment.objects.filter(contact_id=person.contact_id)
    seats.filter(ended_at=None, started_at__lte=now).update(ended_at=now)
    kept = seats.update(department="", title="")
    touches = Touchpoint.objects.filter(contact_id=person.contact_id)
    kept += touches.update(title="", excerpt="", search_text="", url="")
    return Erased(removed=removed, kept=kept + Purchase.objects.filter(contact_id=person.contact_id).count())


def _blank_accounts(account_ids: Iterable[int], *, now: datetime) -> int:
    """Take the person out of customers that are one person; contracts and orders stay on the nameless row."""
    accounts = list(Account.objects.filter(pk__in=account_ids))
    removed = 0
    for account in accounts:
        with override(community.setting(keys.DEFAULT_LANGUAGE)):
            account.name = gettext("Erased customer")
        account.phone_key = ""
        account.kana = account.phone = account.external_id = account.fit_reason = account.region = account.industry = ""
        account.reading, account.updated_at = naming.reading_of(name=account.name, kana=""), now
        account.save()
        removed += AccountName.objects.filter(account=account).delete()[0]
        removed += AccountDomain.objects.filter(account=account).delete()[0]
        removed += AccountAttributeValue.objects.filter(account=account).delete()[0]
        removed += SuccessDefinition.objects.filter(account=account).delete()[0]
        removed += Cancellation.objects.filter(account=account).exclude(told="").update(told="")
        removed += _blank_history(account)
    keep_tails(account_ids=[account.pk for account in accounts])
    return removed


def _blank_history(account: Account) -> int:
    """Take the person's own words out of every whole state that the account's history keeps."""
    rows = list(AccountChange.objects.filter(account=account))
    for row in rows:
        row.state = {**row.state, **{name: "" for name in ACCOUNT_WORDS if row.state.get(name)}}
    AccountChange.objects.bulk_update(rows, ["state"], batch_size=200)
    return len(rows)


def _scrub_notes(notes: QuerySet[Note], words: frozenset[str]) -> int:
    changed = []
    for note in notes.iterator(chunk_size=500):
        body = scrubbed(note.body, words)
        if body != note.body:
            note.body, note.html = body, markdown.document(body).html
            changed.append(note)
    Note.objects.bulk_update(changed, ["body", "html"], batch_size=200)
    return len(changed)
