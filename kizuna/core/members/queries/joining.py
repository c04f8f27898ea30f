"""Read what Studio shows of members, invitations and requests to join."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.models import ManagerAction
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import Invitation, InvitationBatch, JoinRequest, Member, Role, RoleGrant
from kizuna.core.members.queries.directory import by_name


def members_for_studio(*, text: str = "", state: str = "", role: str = "") -> QuerySet[Member]:
    """Return every person of the community for its managers, newest first."""
    members = Member.objects.filter(is_system=False).exclude(state=Member.State.ERASED)
    if state:
        members = members.filter(state=state)
    if role:
        members = members.filter(role_grants__role=role)
    if "@" in text:
        members = members.filter(email_key__contains=text.strip().lower())
    elif text:
        members = by_name(members, text)
    return members.prefetch_related("role_grants").order_by("-id")


def member_for_studio(member_id: int) -> Member:
    """Return one member for the managers' page, or Http404."""
    member = Member.objects.filter(pk=member_id, is_system=False).exclude(state=Member.State.ERASED).first()
    if member is None:
        raise Http404
    return member


def member_counts() -> dict[str, int]:
    """Return how many members there are per state."""
    rows = Member.objects.filter(is_system=False, is_imported=False).values_list("state").annotate(Count("id"))
    return dict(rows)


def audit_of(member: Member, *, limit: int = 20) -> list[ManagerAction]:
    """Return what staff did to this member, newest first."""
    return list(
        ManagerAction.objects.filter(subject=f"member:{member.pk}").select_related("member").order_by("-at")[:limit]
    )


def join_requests() -> QuerySet[JoinRequest]:
    """Return the requests nobody has decided on, oldest first."""
    return JoinRequest.objects.filter(decision="").select_related("member").order_by("created_at", "id")


def join_request_of(member_id: int) -> JoinRequest:
    """Return the request of somebody who waits, or raise Http404 when it was decided on."""
    return get_object_or_404(join_requests(), member_id=member_id)


def invitations(*, state: str = "", text: str = "", now: datetime) -> QuerySet[Invitation]:
    """Return invitations, newest first; `state` is open, expired, accepted, cancelled or empty for all."""
    is_open = Q(accepted_at__isnull=True, cancelled_at__isnull=True)
    states = {
        "open": is_open & Q(expires_at__gt=now),
        "expired": is_open & Q(expires_at__lte=now),
        "accepted": Q(accepted_at__isnull=False),
        "cancelled": Q(cancelled_at__isnull=False),
    }
    found = Invitation.objects.filter(states.get(state, Q())).select_related("invited_by", "accepted_by")
    if text:
        found = found.filter(Q(email_key__contains=text.strip().lower()) | Q(name__contains=text.strip()))
    return found.order_by("-created_at", "-id")


def invitation_for(invitation_id: int) -> Invitation:
    """Return one invitation, or Http404."""
    invitation = Invitation.objects.filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    return invitation


def batches(*, limit: int = 10) -> list[InvitationBatch]:
    """Return the files of addresses worked on last, without their text."""
    return list(InvitationBatch.objects.defer("source").order_by("-id")[:limit])


def batch_for(batch_id: int) -> InvitationBatch:
    """Return one file of addresses, or Http404."""
    batch = InvitationBatch.objects.defer("source").filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch


def invitation_by_token(token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that a link names, if it is open and has not expired."""
    return (
        Invitation.objects.filter(
            key_hash=hashed(token), accepted_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=now
        )
        .select_related("invited_by")
        .first()
    )


def owners_left(*, without_id: int) -> bool:
    """Tell whether an active owner remains when one member is left out."""
    owners = RoleGrant.objects.filter(role=Role.OWNER, member__state=Member.State.ACTIVE, member__is_system=False)
    return owners.exclude(member_id=without_id).exists()


def joining_mode() -> str:
    """Return how one joins today: open, approval or invitation."""
    return community.setting(keys.JOINING)
