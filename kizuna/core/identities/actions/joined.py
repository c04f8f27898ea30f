"""Who somebody at a provider is here: joined, seen, parted; and what their provider says of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.audit import actions as audit
from kizuna.core.identities import mapping, queries
from kizuna.core.identities.activities import IDENTITY_JOINED, IDENTITY_PARTED, IDS_CARRIED
from kizuna.core.identities.models import Attempt, BreakGlass, CompanySignIn, DirectoryUser, Identity, Provider
from kizuna.core.members import actions as members
from kizuna.core.members import policies
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

JOINED, PROVEN_DOMAIN, BOTH_PROOFS, OWN_PAGE = "joined", "proven_domain", "both_proofs", "own_page"


@transaction.atomic
def join_identity(
    *, provider: Provider, subject: str, member: Member, how: str, claims: Mapping[str, Any], now: datetime
) -> Identity:
    """Join somebody at a provider to a member. One account of a provider per member, one member per account."""
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                provider=provider, subject=subject, member=member, how=how, claims=mapping.kept(claims),
                created_at=now, last_used_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            _("This company account, or another one of the same provider, is joined to a member already."),
            code="identity_taken",
        ) from None
    props = {"provider": provider.pk, "how": how}
    record(IDENTITY_JOINED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now, props=props)
    audit.note("identity.joined", actor_id=member.pk, subject=("member", member.pk), detail=props, now=now)
    return identity


@transaction.atomic
def join_new_member(
    *, provider: Provider, subject: str, said: mapping.Said, claims: Mapping[str, Any], language: str, now: datetime
) -> Identity:
    """Make somebody a member whom a provider vouches for, by the community's own rule of joining, without any role."""
    name = said.name
    person = members.Person(
        name=name,
        kana=said.fields.get("kana", ""),
        company=said.fields.get("company", ""),
        handle=members.free_handle(name=name, kana=said.fields.get("kana", "")),
        language=said.language or language,
    )
    member = members.join_by_provider(email=said.email, person=person, now=now)
    return join_identity(provider=provider, subject=subject, member=member, how=JOINED, claims=claims, now=now)


@transaction.atomic
def note_arrival(*, identity: Identity, claims: Mapping[str, Any], now: datetime) -> None:
    """Keep what the provider said this time: the mapped fields, the answers and the outside ids."""
    said = mapping.said(identity.provider.mapping, claims)
    mapped = set(identity.provider.mapping)
    viewer = members.system_viewer()
    member_id = identity.member_id
    _without_refusal(members.note_profile, viewer=viewer, member_id=member_id, now=now, said={
        name: text for name, text in said.fields.items() if name in mapped
    })  # fmt: skip
    for key, value in said.answers.items():
        _without_refusal(members.set_answers, viewer=viewer, member_id=member_id, answers={key: value}, now=now)
    ids = {name: said.fields.get(name, "") for name in ("person_id", "customer_id") if name in mapped}
    carried = any(getattr(identity, name) != text for name, text in ids.items())
    Identity.objects.filter(pk=identity.pk).update(claims=mapping.kept(claims), last_used_at=now, **ids)
    if carried:
        _carry_to_member(member_id, ids.get("person_id", ""))
        record(
            IDS_CARRIED, actor_id=member_id, object_type="member", object_id=member_id, at=now,
            props={"identity": identity.pk},
        )  # fmt: skip


@transaction.atomic
def part_identity(*, viewer: Viewer, identity: Identity, now: datetime) -> None:
    """Part a company account from its member: the member's own wish, or an owner's. Sign-ins that came by it end."""
    is_own = viewer.member_id == identity.member_id and policies.can_act(viewer)
    require(is_own or policies.can_own(viewer), _("Only the member and owners may do this."))
    members.revoke_sign_ins(sign_in_ids=queries.sign_ins_of_identity(identity), now=now)
    props = {"provider": identity.provider_id}
    record(
        IDENTITY_PARTED,
        actor_id=viewer.member_id,
        object_type="member",
        object_id=identity.member_id,
        at=now,
        props=props,
    )
    audit.note(
        "identity.parted", actor_id=viewer.member_id, subject=("member", identity.member_id), detail=props, now=now
    )
    identity.delete()


def note_sign_in(*, sign_in_id: int, identity: Identity, sid: str) -> None:
    """Keep by which identity a sign-in came."""
    CompanySignIn.objects.update_or_create(sign_in_id=sign_in_id, defaults={"identity": identity, "sid": sid[:255]})


@transaction.atomic
def end_sign_ins(*, provider: Provider, subject: str, sid: str, now: datetime) -> int:
    """End the sign-ins that the provider says are over; return how many were open."""
    found = queries.sign_ins_by(provider, subject=subject, sid=sid)
    ended = members.revoke_sign_ins(sign_in_ids=found, now=now)
    audit.note("identity.signed_out", actor_id=None, detail={"provider": provider.pk, "count": ended}, now=now)
    return ended


def _carry_to_member(member_id: int, person_id: str) -> None:
    """Put the person's id on the member where there is none and nobody else has it."""
    if person_id and not Member.objects.filter(external_id=person_id).exists():
        members.note_external_id(member_id=member_id, external_id=person_id)


def _without_refusal(action: Any, **said: Any) -> None:
    """A value that is refused (a forbidden word, a choice that does not exist) is left out; the person still comes in."""
    try:
        action(**said)
    except Refused:
        return


def forget_identities(*, member_id: int) -> int:
    """Remove every company account of somebody who is being erased; return how many."""
    removed, _details = Identity.objects.filter(member_id=member_id).delete()
    BreakGlass.objects.filter(member_id=member_id).delete()
    Attempt.objects.filter(member_id=member_id).delete()
    return removed


def forget_directory_user(*, member_id: int) -> int:
    """Remove the directory's row about somebody who is being erased."""
    removed, _details = DirectoryUser.objects.filter(member_id=member_id).delete()
    return removed
