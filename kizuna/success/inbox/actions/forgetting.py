"""Take a person's words out of the inbox."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.core.files import actions as files
from kizuna.success.customers import actions as customers
from kizuna.success.inbox.models import FormAsk, Inquiry, InquiryDraft, InquiryHandover, InquiryMessage, InquiryPresence


def asked_by(person: Person) -> Q:
    """Return which inquiries are the person's own. As a member alone they are not the contact's."""
    own = Q(member_id=person.member_id or 0, contact=None) | Q(account_id__in=person.account_ids)
    return own | Q(contact_id=person.contact_id or 0)


def written_with(person: Person) -> Q:
    """Return which messages are in inquiries of the person, or by them in those of others."""
    own = Inquiry.objects.filter(asked_by(person)).values("pk")
    return Q(inquiry_id__in=own) | Q(contact_id=person.contact_id or 0)


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take the words and outside numbers out of the person's inquiries, and cover their name in those of their customers."""
    own = list(Inquiry.objects.filter(asked_by(person)).values_list("pk", flat=True))
    written = InquiryMessage.objects.filter(written_with(person))
    files.remove_attached(target_type="inquiry_message", target_ids=list(written.values_list("pk", flat=True)))
    removed = written.delete()[0] + InquiryDraft.objects.filter(inquiry_id__in=own).delete()[0]
    there = Inquiry.objects.filter(pk__in=own)
    # Whoever imports the same number again adds a new inquiry: nothing is told of the old one.
    kept = there.update(title=customers.gone_words(), external_id="", sender="", updated_at=now)
    InquiryHandover.objects.filter(inquiry_id__in=own).update(ask="", answer="")
    customers.blank_touches(source_type="inquiry", source_ids=own)
    removed += Inquiry.objects.filter(member_id=person.member_id or 0).update(member=None)
    accounts, words = customers.accounts_of(person), customers.words_of(person)
    others = Inquiry.objects.filter(account_id__in=accounts).exclude(pk__in=own)
    removed += customers.cover_words(others, ("title", "sender"), words)
    beside = {"inquiry__account_id__in": accounts}
    removed += customers.cover_words(InquiryMessage.objects.filter(**beside), ("body", "quoted", "sender"), words)
    removed += customers.cover_words(InquiryDraft.objects.filter(**beside), ("body",), words)
    removed += customers.cover_words(InquiryHandover.objects.filter(**beside), ("ask", "answer"), words)
    return Erased(removed=removed, kept=kept)


@transaction.atomic
def forget_asked(*, person: Person, now: datetime) -> Erased:
    """Take name and words out of what somebody began to ask by the form."""
    rows = FormAsk.objects.filter(member_id=person.member_id or 0)
    return Erased(removed=0, kept=rows.update(member=None, subject=""))


@transaction.atomic
def forget_drafts(*, person: Person, now: datetime) -> Erased:
    """Remove what somebody of the team was writing, and where they were."""
    mine = {"member_id": person.member_id or 0}
    removed = InquiryDraft.objects.filter(**mine).delete()[0] + InquiryPresence.objects.filter(**mine).delete()[0]
    return Erased(removed=removed)
