"""From a bearer token to a viewer. Tokens come in the Authorization header only, never in an address."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from kizuna.core.members import actions, queries
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import ApiToken
from kizuna.core.members.policies import READ, has_scope
from kizuna.core.members.viewer import Viewer

USED_EVERY = timedelta(minutes=5)


def viewer_from_token(bearer: str) -> Viewer | None:
    """Return the viewer that a bearer token stands for, or None when it is unknown, expired or revoked."""
    now = timezone.now()
    token = _valid_token(bearer, now)
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        actions.note_token_used(token=token, now=now)
    return _scoped(queries.viewer_of(token.member, scopes=tuple(token.scopes) or None))


def key_and_viewer(secret: str) -> tuple[int, Viewer] | None:
    """Return a valid token's id and its viewer without noting that it was used: whoever asks writes nothing."""
    token = _valid_token(secret, timezone.now())
    if token is None:
        return None
    return token.pk, _scoped(queries.viewer_of(token.member, scopes=tuple(token.scopes) or None))


def _valid_token(secret: str, now: datetime) -> ApiToken | None:
    token = (
        ApiToken.objects.select_related("member")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), key_hash=hashed(secret), revoked_at__isnull=True)
        .first()
    )
    return token if token is not None and token.member.is_active else None


def _scoped(viewer: Viewer) -> Viewer:
    """Take every audience from a token that may not read: a write key sees nothing."""
    if has_scope(viewer, READ):
        return viewer
    return viewer.with_audiences(())
