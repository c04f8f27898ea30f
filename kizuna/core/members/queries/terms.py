"""Read the terms: versions, what is in force, who agreed to what."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kizuna.core.members.models import Consent, TermsDocument

IN_ORDER = (TermsDocument.Kind.TERMS, TermsDocument.Kind.PRIVACY, TermsDocument.Kind.GUIDELINES)


def documents_in_force(*, now: datetime) -> list[TermsDocument]:
    """Return the newest version in force of each kind, in the order in which people read them."""
    published = TermsDocument.objects.filter(published_at__isnull=False, effective_at__lte=now)
    newest = {document.kind: document for document in published.order_by("version")}
    return [newest[kind] for kind in IN_ORDER if kind in newest]


def document_in_force(kind: str, *, now: datetime) -> TermsDocument | None:
    """Return the version of `kind` in force, if one is."""
    return next((document for document in documents_in_force(now=now) if document.kind == kind), None)


def documents_to_consent(*, member_id: int, now: datetime) -> QuerySet[TermsDocument]:
    """Return the versions in force that the member has yet to agree to.

    A later version that asks for no consent leaves an earlier agreement standing.
    """
    asking = TermsDocument.objects.filter(published_at__isnull=False, effective_at__lte=now, asks_consent=True)
    later = asking.filter(kind=OuterRef("kind"), version__gt=OuterRef("version"))
    agreed = Consent.objects.filter(
        member_id=member_id, document__kind=OuterRef("kind"), document__version__gte=OuterRef("version")
    )
    return asking.filter(~Exists(later), ~Exists(agreed)).order_by("kind")


def consents_of(*, member_id: int) -> QuerySet[Consent]:
    """Return what a member agreed to and when, newest first."""
    return Consent.objects.filter(member_id=member_id).select_related("document").order_by("-at", "-id")


def versions_of(kind: str) -> QuerySet[TermsDocument]:
    """Return every version of one kind, newest first, drafts included: for Studio."""
    return TermsDocument.objects.filter(kind=kind).order_by("-version")
