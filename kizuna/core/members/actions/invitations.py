"""Invite people: one by one and by file. A link is good once, for one address and role, while its inviter may invite."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members import policies, queries
from kizuna.core.members.activities import MEMBER_INVITED
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import Invitation, Member, Role, RoleGrant
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

VALID_FOR = timedelta(days=30)
SEND_JOB = "members.send_invitation"


@transaction.atomic
def invite(
    *, viewer: Viewer, email: str, role: str = "", name: str = "", language: str = "ja", now: datetime
) -> Invitation:
    """Invite one address and send the mail by a job. Raises Refused naming the field at fault."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    if role and role not in Role.values:
        raise Refused(_("There is no such role."), field="role", code="role")
    require(policies.can_grant(viewer, role), _("You may not invite to this role."))
    email = email.strip()
    if not is_address(email):
        raise Refused(_("This is not a complete address."), field="email", code="bad_address")
    member = queries.member_by_email(email)
    if member is not None and not member.is_imported:
        raise Refused(_("This person is a member already."), field="email", code="already_member")
    end_expired(email_keys=[normalised_email(email)], now=now)
    invitation = built(
        inviter_id=viewer.member_id, email=email, role=role, name=name, language=language, batch_id=None, now=now
    )
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise Refused(_("This address has an open invitation."), field="email", code="already_invited") from None
    _note_invited(viewer, invitation, now=now)
    enqueue(SEND_JOB, args={"invitation": invitation.pk, "number": 1}, priority=5)
    return invitation


def _note_invited(viewer: Viewer, invitation: Invitation, *, now: datetime) -> None:
    record(
        MEMBER_INVITED,
        actor_id=viewer.member_id,
        object_type="invitation",
        object_id=invitation.pk,
        at=now,
        props={"role": invitation.role},
    )
    subject = f"invitation:{invitation.pk}"
    log_manager_action(
        "member.invited", member_id=viewer.member_id, subject=subject, after={"role": invitation.role}, now=now
    )


@transaction.atomic
def send_invitation_again(*, viewer: Viewer, invitation_id: int, now: datetime) -> None:
    """Send the mail once more with the same link, valid for another term."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    invitation = _open(invitation_id)
    require(policies.can_grant(viewer, invitation.role), _("You may not invite to this role."))
    Invitation.objects.filter(pk=invitation_id).update(expires_at=now + VALID_FOR, invited_by_id=viewer.member_id)
    enqueue(SEND_JOB, args={"invitation": invitation_id, "number": invitation.sent_count + 1})


@transaction.atomic
def cancel_invitation(*, viewer: Viewer, invitation_id: int, now: datetime) -> None:
    """Make a link worthless."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    _open(invitation_id)
    Invitation.objects.filter(pk=invitation_id).update(cancelled_at=now)
    log_manager_action(
        "invitation.cancelled", member_id=viewer.member_id, subject=f"invitation:{invitation_id}", now=now
    )


def open_invitation_for(*, email: str, now: datetime) -> Invitation | None:
    """Return the invitation that the owner of an address may use: open, not expired, its inviter still in the right."""
    invitation = (
        Invitation.objects.filter(
            email_key=normalised_email(email), accepted_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=now
        )
        .select_related("invited_by")
        .first()
    )
    return invitation if invitation and policies.is_backed(invitation) else None


def accept_invitation(*, invitation: Invitation, member: Member, now: datetime) -> None:
    """Use an invitation up and give its role. Called inside the transaction of joining; of two at once one is refused."""
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, cancelled_at__isnull=True).update(
        accepted_at=now, accepted_by=member
    )
    require(bool(used), _("This invitation has been used already."))
    if invitation.role:
        RoleGrant.objects.get_or_create(
            member=member,
            role=invitation.role,
            defaults={"granted_by_id": invitation.invited_by_id, "granted_at": now},
        )


def note_sent(*, invitation: Invitation, number: int, now: datetime) -> None:
    """Write that the mail left."""
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=now, sent_count=number)


def token_of(invitation: Invitation) -> str:
    """Return the secret of an invitation's link: 128 bits worked out of its nonce and the installation's secret."""
    seed = f"kizuna.invitation.{invitation.nonce}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), seed, sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def built(
    *, inviter_id: int | None, email: str, role: str, name: str, language: str, batch_id: int | None, now: datetime
) -> Invitation:
    """Return the row of a new invitation, not yet saved."""
    invitation = Invitation(
        email=email,
        email_key=normalised_email(email),
        name=name.strip()[:80],
        role=role,
        language=language if language in ("ja", "en") else "ja",
        nonce=secrets.token_hex(16),
        invited_by_id=inviter_id,
        batch_id=batch_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.key_hash = hashed(token_of(invitation))
    return invitation


def end_expired(*, email_keys: Iterable[str], now: datetime) -> None:
    """Cancel what has expired, so that it does not stand in the way of a new invitation."""
    still_open = Invitation.objects.filter(email_key__in=list(email_keys), accepted_at=None, cancelled_at=None)
    still_open.filter(expires_at__lte=now).update(cancelled_at=now)


def is_address(email: str) -> bool:
    """Tell whether a text is a complete address."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _open(invitation_id: int) -> Invitation:
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open:
        raise Refused(_("This invitation has been used or cancelled."))
    return invitation
