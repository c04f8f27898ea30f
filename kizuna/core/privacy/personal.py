"""What this app itself holds about a person: copies made, erasures, and later requests and consents."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, ErasureDoor, Person, PersonalData, PersonalExempt
from kizuna.core.audit.models import AuditEntry
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy, PrivacyRequest


def copies(*, person: Person) -> Iterator[Any]:
    """Yield the copies that were made."""
    rows = PersonCopy.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("created_at", "state", "expires_at", "size_bytes")


def seen(*, person: Person) -> Iterator[Any]:
    """Yield when pages about the person were opened and what was done about them; by whom is not told."""
    for kind, number in (("member", person.member_id), ("contact", person.contact_id)):
        if number is not None:
            rows = AuditEntry.objects.filter(subject_type=kind, subject_id=number).order_by("number")
            yield from rows.values("at", "action").iterator(chunk_size=1000)


def forget_copies(*, person: Person, now: datetime) -> Erased:
    """Remove the files of copies that were made."""
    return Erased(removed=actions.remove_copies(person=person))


def keep_audit(*, person: Person, now: datetime) -> Erased:
    """Keep the audit log, which names nobody."""
    numbers = [("member", person.member_id), ("contact", person.contact_id)]
    kept = sum(
        AuditEntry.objects.filter(subject_type=kind, subject_id=number).count() for kind, number in numbers if number
    )
    return Erased(kept=kept)


def requests(*, person: Person) -> Iterator[Any]:
    """Yield what the person asked for and was answered."""
    own = Q(member_id=person.member_id or 0) | Q(contact_id=person.contact_id or 0)
    rows = PrivacyRequest.objects.filter(own).order_by("id")
    yield from rows.values("received_at", "kind", "law", "text", "state", "due_on", "answered_at", "answer")


def forget_requests(*, person: Person, now: datetime) -> Erased:
    """Take names and words out of the person's requests; that they asked, and when it was answered, is proof."""
    return Erased(kept=actions.forget_asker(person=person))


DOOR = ErasureDoor("privacy", actions.begin_erasure)
COPIES = PersonalData(
    "privacy.copies",
    _("Copies made"),
    ("privacy.PersonCopy.member",),
    copies,
    erase=forget_copies,
    is_outside=True,
)
SEEN = PersonalData(
    "privacy.seen",
    _("Who looked: times"),
    (),
    seen,
    erase=keep_audit,
    kept_because=_("The log of who saw what names nobody and cannot be changed."),
)
REQUESTS = PersonalData(
    "privacy.requests",
    _("What you asked for"),
    ("privacy.PrivacyRequest.member",),
    requests,
    erase=forget_requests,
    order=85,
    kept_because=_("That a request came in and was answered in time is kept as proof, without name and text."),
)
BY_STAFF = PersonalExempt(
    "privacy.by_staff",
    covers=(
        "privacy.PersonCopy.asked_by",
        "privacy.PersonErasure.by",
        "privacy.PersonErasure.member",
        "privacy.PrivacyRequest.recorded_by",
        "privacy.PrivacyRequest.checked_by",
        "privacy.PrivacyRequest.answered_by",
        "privacy.PrivacyRequestStep.by",
    ),
    reason="Proof that an erasure or a copy was made; an erased member's row has no name any more.",
)
