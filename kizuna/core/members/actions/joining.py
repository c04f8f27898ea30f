"""Join: from a proven address to a member, at once or after approval."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT
from kizuna.core.members import naming, policies, queries
from kizuna.core.members.actions.accounts import add_member, describe, require_free_handle
from kizuna.core.members.actions.attributes import answer_on_joining
from kizuna.core.members.actions.invitations import accept_invitation, open_invitation_for
from kizuna.core.members.actions.profile import screened_line
from kizuna.core.members.actions.states import erase_member
from kizuna.core.members.actions.terms import agree_to
from kizuna.core.members.activities import MEMBER_CLAIMED, MEMBER_DECLINED, MEMBER_JOINED, MEMBER_REQUESTED
from kizuna.core.members.models import Invitation, JoinRequest, Member, TermsDocument
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer


@dataclass(frozen=True)
class Person:
    """What somebody who joins says of themselves."""

    name: str
    handle: str
    kana: str = ""
    company: str = ""
    language: str = "ja"
    message: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def join(
    *,
    email: str,
    person: Person,
    documents: list[TermsDocument],
    purposes: dict[str, str],
    now: datetime,
    came_by: str = "",
) -> Member:
    """Make the owner of a proven address a member, or let them wait for approval; an imported author takes theirs over.

    `documents` are the versions agreed to, `purposes` the optional uses agreed to with the words that were shown.
    `came_by` is kept with what happened, for an app above that knows the word; somebody known already came by nothing.
    """
    _require_all_in_force(documents, now=now)
    invitation = open_invitation_for(email=email, now=now)
    member = queries.member_by_email(email)
    if member is not None and not member.is_imported:
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken")
    mode = queries.joining_mode()
    if member is None and invitation is None and mode == "invitation":
        raise Refused(_("This community is joined by invitation."), code="invitation_only")
    waits = member is None and invitation is None and mode == "approval"
    person = _screened(person, language=person.language)
    came_by = "" if member else came_by
    member = _claim(member, person, now=now) if member else _new(email, person, waits=waits, now=now)
    answer_on_joining(viewer=queries.visitor(language=person.language), member=member, answers=person.answers, now=now)
    agree_to(member=member, documents=documents, purposes=purposes, source="joining", now=now)
    if invitation is not None:
        accept_invitation(invitation=invitation, member=member, now=now)
    if waits:
        _ask(member, message=person.message, came_by=came_by, now=now)
    else:
        how = "invitation" if invitation else mode
        _note_joined(member, invitation=invitation, how=how, came_by=came_by, now=now)
    return member


@transaction.atomic
def join_by_provider(*, email: str, person: Person, now: datetime) -> Member:
    """Make somebody a member whom a provider vouches for, by the community's own rule of joining. Terms are asked later."""
    invitation = open_invitation_for(email=email, now=now) if email else None
    member = queries.member_by_email(email)
    require(member is None or member.is_imported, _("A member with this address exists already."))
    mode = queries.joining_mode()
    if member is None and invitation is None and mode == "invitation":
        raise Refused(_("This community is joined by invitation."), code="invitation_only")
    waits = member is None and invitation is None and mode == "approval"
    person = _screened(person, language=person.language)
    member = _claim(member, person, now=now) if member else _new(email, person, waits=waits, now=now)
    if invitation is not None:
        accept_invitation(invitation=invitation, member=member, now=now)
    if waits:
        _ask(member, message="", came_by="", now=now)
    else:
        _note_joined(member, invitation=invitation, how="invitation" if invitation else "provider", now=now)
    return member


@transaction.atomic
def provision(*, viewer: Viewer, email: str, person: Person, now: datetime) -> Member:
    """Make somebody a member whom the company's directory names; who may join is the directory's to say."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    member = queries.member_by_email(email)
    if member is not None and not member.is_imported:
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken")
    person = _screened(person, language=person.language)
    member = _claim(member, person, now=now) if member else _new(email, person, waits=False, now=now)
    _note_joined(member, invitation=None, how="directory", now=now)
    return member


@transaction.atomic
def approve_request(*, viewer: Viewer, member_id: int, now: datetime) -> Member:
    """Let in somebody who waits."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    member = _decide(viewer, member_id, JoinRequest.Decision.APPROVED, now=now)
    Member.objects.filter(pk=member_id).update(state=Member.State.ACTIVE, joined_at=now)
    _note_joined(member, invitation=None, how="approval", now=now)
    log_manager_action("member.approved", member_id=viewer.member_id, subject=f"member:{member_id}", now=now)
    return member


@transaction.atomic
def decline_request(*, viewer: Viewer, member_id: int, now: datetime) -> Member:
    """Turn down somebody who waits and forget what they told us. Returns the person as they were, for a last mail."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    member = _decide(viewer, member_id, JoinRequest.Decision.DECLINED, now=now)
    record(MEMBER_DECLINED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now)
    log_manager_action("member.declined", member_id=viewer.member_id, subject=f"member:{member_id}", now=now)
    erase_member(viewer=queries.viewer_of(queries.system_member()), member_id=member_id, now=now)
    return member


def _screened(person: Person, *, language: str) -> Person:
    viewer = queries.visitor(language=language)
    texts: dict[str, Any] = {
        field: screened_line(viewer, field, getattr(person, field)) for field in ("name", "kana", "company")
    }
    return replace(person, **texts)


def _new(email: str, person: Person, *, waits: bool, now: datetime) -> Member:
    return add_member(
        email=email,
        handle=person.handle,
        name=person.name,
        kana=person.kana,
        company=person.company,
        language=person.language,
        state=Member.State.WAITING if waits else Member.State.ACTIVE,
        now=now,
    )


def _claim(member: Member, person: Person, *, now: datetime) -> Member:
    member = Member.objects.select_for_update().get(pk=member.pk)
    require(member.state == Member.State.ACTIVE, _("This account cannot be used."))
    require_free_handle(person.handle, own_id=member.pk)
    member.name, member.kana, member.company = person.name, person.kana, person.company
    member.handle, member.language, member.is_imported = person.handle, person.language, False
    member.hue = naming.hue_of(member.handle)
    member.card_version += 1
    describe(member)
    member.save()
    record(MEMBER_CLAIMED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)
    return member


def _ask(member: Member, *, message: str, came_by: str, now: datetime) -> None:
    JoinRequest.objects.create(member=member, message=message.strip()[:500], created_at=now)
    props = {"came_by": came_by} if came_by else {}
    record(MEMBER_REQUESTED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now, props=props)


def _note_joined(member: Member, *, invitation: Invitation | None, how: str, now: datetime, came_by: str = "") -> None:
    record(
        MEMBER_JOINED,
        actor_id=member.pk,
        object_type="member",
        object_id=member.pk,
        at=now,
        props={
            "how": how,
            "invitation": invitation.pk if invitation else None,
            **({"came_by": came_by} if came_by else {}),
        },
    )
    bump_generation(CONTENT)


def _decide(viewer: Viewer, member_id: int, decision: str, *, now: datetime) -> Member:
    request = JoinRequest.objects.select_for_update().filter(member_id=member_id).first()
    if request is None or request.decision:
        raise Refused(_("This request has been decided already."))
    JoinRequest.objects.filter(pk=request.pk).update(decision=decision, decided_by_id=viewer.member_id, decided_at=now)
    return Member.objects.get(pk=member_id)


def _require_all_in_force(documents: list[TermsDocument], *, now: datetime) -> None:
    in_force = {document.pk for document in queries.documents_in_force(now=now)}
    if in_force != {document.pk for document in documents}:
        raise Refused(
            _("The terms have just changed. Please read the new version and agree again."),
            field="agreed",
            code="terms_changed",
        )
