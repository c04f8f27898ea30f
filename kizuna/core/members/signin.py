"""The sign-in cookie: member, sign-in and a random key, signed for this community and checked against `SignIn`.

A finished sign-in never lives in a Django session. The cookie's key is stored hashed; revocation (sign-out, suspension,
password change) bumps the member's epoch or the row, and takes effect here at once, elsewhere within RECHECK_SECONDS.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from kizuna.base import hosting
from kizuna.core.members import queries
from kizuna.core.members.models import Member, SignIn
from kizuna.core.members.viewer import Viewer

COOKIE = "__Host-kizuna" if settings.IS_HTTPS else "kizuna"
LIFETIME = timedelta(days=60)
RECHECK_SECONDS = 5
CACHE_LIMIT = 20_000


@dataclass(frozen=True)
class Known:
    """A sign-in checked a moment ago: good for RECHECK_SECONDS in this process."""

    key_hash: str
    member: Member
    viewer: Viewer
    checked_at: float


def start(*, member: Member, method: str, now: datetime, user_agent: str = "", address: str | None = None) -> str:
    """Write a SignIn row and return the cookie's value for it."""
    key = secrets.token_urlsafe(16)
    row = SignIn.objects.create(
        member=member,
        key_hash=_hash(key),
        method=method,
        created_at=now,
        last_seen_at=now,
        expires_at=now + LIFETIME,
        epoch=member.epoch,
        user_agent=user_agent[:200],
        address=address,
    )
    return _signer().sign(f"{member.pk}.{row.pk}.{key}")


def known_from(cookie: str, *, now: datetime) -> tuple[Member, Viewer] | None:
    """Return the member and viewer of a cookie, or None when it is forged, expired or revoked."""
    try:
        member_id, sign_in_id, key = _signer().unsign(cookie).split(".")
    except (signing.BadSignature, ValueError):
        return None
    cache = _cache()
    known = cache.get(sign_in_id)
    if known is None or time.monotonic() - known.checked_at > RECHECK_SECONDS:
        known = _load(int(sign_in_id), int(member_id), now)
        if known is None:
            cache.pop(sign_in_id, None)
            return None
        if len(cache) >= CACHE_LIMIT:
            cache.clear()
        cache[sign_in_id] = known
    if not secrets.compare_digest(known.key_hash, _hash(key)):
        return None
    return known.member, known.viewer


def forget(sign_in_id: int) -> None:
    """Drop this process's memory of a sign-in, so that its revocation takes effect at once."""
    _cache().pop(str(sign_in_id), None)


def forget_all() -> None:
    _cache().clear()


def _load(sign_in_id: int, member_id: int, now: datetime) -> Known | None:
    row = SignIn.objects.select_related("member").filter(pk=sign_in_id, member_id=member_id).first()
    if row is None or row.revoked_at or row.expires_at <= now or row.epoch != row.member.epoch:
        return None
    if not row.member.is_active:
        return None
    viewer = queries.viewer_of(row.member, sign_in_id=row.pk)
    return Known(key_hash=row.key_hash, member=row.member, viewer=viewer, checked_at=time.monotonic())


def _cache() -> dict[str, Known]:
    return hosting.current().caches.setdefault("sign_ins", {})


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"kizuna.signin.{hosting.current().slug}")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
