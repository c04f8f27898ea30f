"""Suspend, restore and erase members."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from kizuna.base import registry
from kizuna.base.registry import Person, personal
from kizuna.core.activity.actions import record
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT
from kizuna.core.members import naming, policies, queries, signin
from kizuna.core.members.actions.sign_ins import sign_out_everywhere
from kizuna.core.members.activities import MEMBER_ERASED, MEMBER_RESTORED, MEMBER_SUSPENDED
from kizuna.core.members.models import (
    ApiToken,
    AttributeValue,
    AudienceMember,
    Erasure,
    HandleReservation,
    Invitation,
    JoinRequest,
    Member,
    RoleGrant,
    SignIn,
    Suspension,
)
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def suspend_member(*, viewer: Viewer, member_id: int, reason: str, now: datetime) -> None:
    """Keep a member from signing in and acting, at once and on every device."""
    member = _locked(member_id)
    require(member_id != viewer.member_id, _("You cannot suspend yourself."))
    roles = frozenset(RoleGrant.objects.filter(member=member).values_list("role", flat=True))
    require(policies.can_suspend(viewer, roles=roles), _("You may not suspend this member."))
    if not reason.strip():
        raise Refused(_("Please write why, for your colleagues."), field="reason")
    if "owner" in roles and not queries.owners_left(without_id=member_id):
        raise Refused(_("The last owner stays. Make somebody else an owner first."), code="last_owner")
    require(member.state == Member.State.ACTIVE, _("Only active members can be suspended."))
    Suspension.objects.create(member=member, reason=reason.strip()[:500], by_id=viewer.member_id, at=now)
    Member.objects.filter(pk=member_id).update(state=Member.State.SUSPENDED)
    sign_out_everywhere(member_id=member_id, now=now)
    record(MEMBER_SUSPENDED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now)
    log_manager_action(
        "member.suspended", member_id=viewer.member_id, subject=f"member:{member_id}", after=reason[:500], now=now
    )


@transaction.atomic
def restore_member(*, viewer: Viewer, member_id: int, now: datetime) -> None:
    """Lift a suspension."""
    member = _locked(member_id)
    roles = frozenset(RoleGrant.objects.filter(member=member).values_list("role", flat=True))
    require(policies.can_suspend(viewer, roles=roles), _("You may not lift this suspension."))
    lifted = Suspension.objects.filter(member=member, lifted_at__isnull=True).update(
        lifted_by_id=viewer.member_id, lifted_at=now
    )
    require(bool(lifted), _("This member is not suspended."))
    Member.objects.filter(pk=member_id).update(state=Member.State.ACTIVE)
    signin.forget_member(member_id)
    record(MEMBER_RESTORED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now)
    log_manager_action("member.restored", member_id=viewer.member_id, subject=f"member:{member_id}", now=now)


@transaction.atomic
def erase_member(*, viewer: Viewer, member_id: int, now: datetime) -> None:
    """Take the person out as a member: at once who they are, then by a job all that leads to them; their words stay under no name."""
    person = personal.described(Person(member_id=member_id))
    by_id = None if viewer.member_id == member_id else viewer.member_id
    for door in registry.of(registry.ErasureDoor):
        door.begin(person=person, by_id=by_id, now=now)
    close_membership(viewer=viewer, member_id=member_id, now=now)


@transaction.atomic
def close_membership(*, viewer: Viewer, member_id: int, now: datetime) -> None:
    """End every sign-in and blank the profile. Whatever else leads to the person is for the erasure that follows."""
    member = _locked(member_id)
    is_own = viewer.member_id == member_id and policies.can_act(viewer)
    require(is_own or policies.can_own(viewer), _("Only the member and owners may do this."))
    require(member.state != Member.State.ERASED, _("This member has left already."))
    if RoleGrant.objects.filter(member=member, role="owner").exists() and not queries.owners_left(without_id=member_id):
        raise Refused(_("The last owner stays. Make somebody else an owner first."), code="last_owner")
    blank_member(member_id=member_id, now=now)
    Erasure.objects.create(member=member, by_id=None if is_own else viewer.member_id, at=now)
    record(MEMBER_ERASED, actor_id=member_id, object_type="member", object_id=member_id, at=now)
    log_manager_action("member.erased", member_id=viewer.member_id, subject=f"member:{member_id}", now=now)


@transaction.atomic
def blank_member(*, member_id: int, now: datetime) -> None:
    """Take away at once what shows who a member is, and every way in."""
    member = Member.objects.select_for_update(of=("self",)).get(pk=member_id, is_system=False)
    sign_out_everywhere(member_id=member_id, now=now)
    for model in (SignIn, ApiToken, AttributeValue, AudienceMember, RoleGrant, HandleReservation, JoinRequest):
        model.objects.filter(member=member).delete()
    Authenticator.objects.filter(user=member).delete()
    if member.email_key:
        Invitation.objects.filter(email_key=member.email_key).delete()
    with override(community.setting(keys.DEFAULT_LANGUAGE)):
        name = gettext("Former member")
    Member.objects.filter(pk=member.pk).update(
        state=Member.State.ERASED,
        handle=f"{naming.GONE}{member.pk}",
        name=name,
        kana="",
        reading="",
        search_text="",
        email="",
        email_key="",
        company="",
        bio="",
        avatar_key="",
        external_id="",
        password=make_password(None),
        card={},
        card_version=member.card_version + 1,
        last_seen_on=None,
    )
    bump_generation(CONTENT)


def _locked(member_id: int) -> Member:
    member = Member.objects.select_for_update().filter(pk=member_id, is_system=False).first()
    if member is None:
        raise Refused(_("There is no such member."))
    return member
