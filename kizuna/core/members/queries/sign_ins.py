"""Read a person's own sign-ins and tokens."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import F, QuerySet

from kizuna.core.community import queries as community
from kizuna.core.members.models import ApiToken, SignIn
from kizuna.core.members.settings import STAFF_SECOND_PROOF
from kizuna.core.members.viewer import Viewer


def own_sign_ins(viewer: Viewer, *, now: datetime) -> QuerySet[SignIn]:
    """Return the devices on which the viewer is signed in, last seen first."""
    return SignIn.objects.filter(
        member_id=viewer.own_id, epoch=F("member__epoch"), revoked_at__isnull=True, expires_at__gt=now
    ).order_by("-last_seen_at", "-id")


def has_second_proof(member_id: int) -> bool:
    """Tell whether the member has a passkey or an authenticator app."""
    types = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)
    return Authenticator.objects.filter(user_id=member_id, type__in=types).exists()


def needs_second_proof(viewer: Viewer) -> bool:
    """Tell whether the community asks this person, being staff, for a second proof."""
    return viewer.is_staff and community.setting(STAFF_SECOND_PROOF)


def active_tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """Return the viewer's own tokens that were not revoked, newest first. Their secrets are not stored."""
    return ApiToken.objects.filter(member_id=viewer.own_id, revoked_at__isnull=True).order_by("-id")
