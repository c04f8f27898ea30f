"""Write terms and consents."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import SITE
from kizuna.core.members import policies, queries, signin
from kizuna.core.members.activities import PURPOSE_DECIDED, TERMS_AGREED, TERMS_PUBLISHED
from kizuna.core.members.models import Consent, Member, PurposeConsent, TermsDocument
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def save_terms_draft(
    *,
    viewer: Viewer,
    kind: str,
    body: dict[str, str],
    changes: dict[str, str],
    effective_at: datetime,
    asks_consent: bool,
    now: datetime,
) -> TermsDocument:
    """Write the next version of a kind; there is one draft per kind."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    if not body.get("ja", "").strip() and not body.get("en", "").strip():
        raise Refused(_("Please write the text in at least one language."), field="body_ja")
    versions = TermsDocument.objects.select_for_update().filter(kind=kind)
    draft = versions.filter(published_at__isnull=True).first()
    if draft is None:
        newest = versions.aggregate(newest=Max("version"))["newest"] or 0
        draft = TermsDocument(kind=kind, version=newest + 1)
    draft.body, draft.changes = body, changes
    draft.effective_at, draft.asks_consent, draft.changed_at = effective_at, asks_consent, now
    draft.save()
    return draft


@transaction.atomic
def publish_terms(*, viewer: Viewer, document_id: int, now: datetime) -> TermsDocument:
    """Publish a draft for good. It is in force from its day on, but never before it was published."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    document = TermsDocument.objects.select_for_update().get(pk=document_id)
    require(document.published_at is None, _("This version is published already."))
    document.published_at, document.published_by_id = now, viewer.member_id
    document.effective_at = max(document.effective_at, now)
    document.save()
    signin.forget_all()
    record(
        TERMS_PUBLISHED,
        actor_id=viewer.member_id,
        object_type="terms",
        object_id=document.pk,
        at=now,
        props={"kind": document.kind, "version": document.version},
    )
    log_manager_action(
        "terms.published",
        member_id=viewer.member_id,
        subject=f"terms:{document.pk}",
        after={"kind": document.kind, "version": document.version},
        now=now,
    )
    bump_generation(SITE)
    return document


@transaction.atomic
def agree(*, viewer: Viewer, documents: list[TermsDocument], now: datetime) -> None:
    """Write that a member agreed to versions in force."""
    policies.require_sign_in(viewer)
    require(not viewer.is_view_as, _("Nobody agrees for somebody else."))
    member = Member.objects.get(pk=viewer.own_id)
    agree_to(member=member, documents=documents, purposes={}, source="change", now=now)
    signin.forget_member(member.pk)


@transaction.atomic
def decide_purpose(*, viewer: Viewer, purpose: str, is_given: bool, wording: str, source: str, now: datetime) -> None:
    """Write a member's yes or no to an optional use, if it differs from the one before."""
    policies.require_sign_in(viewer)
    require(purpose in PurposeConsent.Purpose.values, _("There is no such use."))
    if queries.purpose_consents(member_id=viewer.own_id).get(purpose, False) == is_given:
        return
    member = Member.objects.get(pk=viewer.own_id)
    _decide(member, purpose=purpose, is_given=is_given, wording=wording, source=source, now=now)


def agree_to(
    *, member: Member, documents: list[TermsDocument], purposes: dict[str, str], source: str, now: datetime
) -> None:
    """Write consents and the optional uses said yes to, with the words shown. Called inside the transaction of an act."""
    known = set(Consent.objects.filter(member=member).values_list("document_id", flat=True))
    for document in documents:
        if document.pk in known:
            continue
        Consent.objects.create(member=member, document=document, at=now)
        record(
            TERMS_AGREED,
            actor_id=member.pk,
            object_type="terms",
            object_id=document.pk,
            at=now,
            props={"kind": document.kind, "version": document.version},
        )
    for purpose, wording in purposes.items():
        _decide(member, purpose=purpose, is_given=True, wording=wording, source=source, now=now)


def write_consent(
    *,
    person: Person,
    purpose: str,
    is_given: bool,
    source: str,
    now: datetime,
    wording: str = "",
    note: str = "",
    recorded_by_id: int | None = None,
) -> PurposeConsent:
    """Write a yes or a no of a person, under every number they have; the one way into the record."""
    address = next(iter(sorted(person.addresses)), "") if not (person.member_id or person.contact_id) else ""
    return PurposeConsent.objects.create(
        member_id=person.member_id,
        contact_id=person.contact_id,
        address_key=address,
        purpose=purpose,
        is_given=is_given,
        wording=wording[:300],
        source=source[:20],
        note=note[:200],
        recorded_by_id=recorded_by_id,
        at=now,
    )


def _decide(member: Member, *, purpose: str, is_given: bool, wording: str, source: str, now: datetime) -> None:
    person = Person(member_id=member.pk)
    write_consent(person=person, purpose=purpose, is_given=is_given, wording=wording, source=source, now=now)
    record(
        PURPOSE_DECIDED,
        actor_id=member.pk,
        object_type="member",
        object_id=member.pk,
        at=now,
        props={"purpose": purpose, "is_given": is_given},
    )
