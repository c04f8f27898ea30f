"""Give and take roles. The last owner stays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import change_setting, log_manager_action
from kizuna.core.members import policies, queries, signin
from kizuna.core.members.activities import ROLE_GRANTED, ROLE_REVOKED
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.settings import STAFF_SECOND_PROOF
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def grant_role(*, viewer: Viewer, member_id: int, role: str, now: datetime) -> None:
    """Give a member a role; giving one they hold changes nothing."""
    require(role in Role.values, _("There is no such role."))
    require(policies.can_grant(viewer, role), _("You may not give this role."))
    member = _locked(member_id)
    require(member.is_active, _("Only active members can hold roles."))
    _grant, is_new = RoleGrant.objects.get_or_create(
        member=member, role=role, defaults={"granted_by_id": viewer.member_id, "granted_at": now}
    )
    if not is_new:
        return
    signin.forget_member(member_id)
    record(
        ROLE_GRANTED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now, props={"role": role}
    )
    log_manager_action("role.granted", member_id=viewer.member_id, subject=f"member:{member_id}", after=role, now=now)


@transaction.atomic
def revoke_role(*, viewer: Viewer, member_id: int, role: str, now: datetime) -> None:
    """Take a role from a member."""
    require(policies.can_grant(viewer, role), _("You may not take this role."))
    _lock_owners()
    if role == Role.OWNER and not queries.owners_left(without_id=member_id):
        raise Refused(_("The last owner stays. Make somebody else an owner first."), code="last_owner")
    removed, _details = RoleGrant.objects.filter(member_id=member_id, role=role).delete()
    if not removed:
        return
    signin.forget_member(member_id)
    record(
        ROLE_REVOKED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now, props={"role": role}
    )
    log_manager_action("role.revoked", member_id=viewer.member_id, subject=f"member:{member_id}", before=role, now=now)


def _locked(member_id: int) -> Member:
    member = Member.objects.select_for_update().filter(pk=member_id, is_system=False).first()
    if member is None:
        raise Refused(_("There is no such member."))
    return member


def _lock_owners() -> None:
    """Two owners who revoke each other at once must not both succeed."""
    list(RoleGrant.objects.select_for_update().filter(role=Role.OWNER).order_by("pk"))


@transaction.atomic
def ask_second_proof(*, viewer: Viewer, is_asked: bool, now: datetime) -> None:
    """Ask everybody who holds a role for a passkey or two-step sign-in, or stop asking."""
    require(policies.can_own(viewer), _("Only owners may do this."))
    change_setting(STAFF_SECOND_PROOF, value=is_asked, member_id=viewer.member_id, now=now)
    signin.forget_all()
