"""The sign-in cookie: member, sign-in, epoch and a random key, signed for this community and checked against `SignIn`.

A finished sign-in never lives in a Django session. The cookie's key is stored hashed; revocation (sign-out, suspension,
password change) bumps the member's epoch or the row, and takes effect here at once, elsewhere within RECHECK_SECONDS.
Rows are written by `actions.sign_ins`; this module makes and reads cookies and remembers what it read for a moment.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpResponse

from kizuna.base import hosting
from kizuna.core.members import queries
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import Member, SignIn
from kizuna.core.members.viewer import Viewer

COOKIE = "__Host-kizuna" if settings.IS_HTTPS else "kizuna"
LIFETIME = timedelta(days=60)
IDLE_LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
CONFIRMED_FOR = timedelta(minutes=15)
RECHECK_SECONDS = 5
CACHE_LIMIT = 20_000


@dataclass(frozen=True)
class Known:
    """A sign-in checked a moment ago: good for RECHECK_SECONDS in this process."""

    key_hash: str
    member: Member
    viewer: Viewer
    confirmed_at: datetime
    last_seen_at: datetime
    owes_consent: bool
    owes_second_proof: bool
    checked_at: float

    def is_confirmed(self, *, now: datetime) -> bool:
        """Tell whether the person proved who they are recently enough for a sensitive page."""
        return now - self.confirmed_at < CONFIRMED_FOR

    def is_worth_noting(self, *, now: datetime) -> bool:
        """Tell whether the last time seen is old enough to be written again."""
        return now - self.last_seen_at >= SEEN_EVERY


def cookie_for(row: SignIn, *, key: str) -> str:
    """Return the cookie's value for a sign-in."""
    return _signer().sign(f"{row.member_id}.{row.pk}.{row.epoch}.{key}")


def known_from(cookie: str, *, now: datetime) -> Known | None:
    """Return what is known of a cookie's sign-in, or None when it is forged, expired or revoked."""
    try:
        member_id, sign_in_id, epoch, key = _signer().unsign(cookie).split(".")
    except (signing.BadSignature, ValueError):
        return None
    cache = _cache()
    known = cache.get(sign_in_id)
    if known is None or time.monotonic() - known.checked_at > RECHECK_SECONDS:
        known = _load(int(sign_in_id), member_id=int(member_id), epoch=int(epoch), now=now)
        if known is None:
            cache.pop(sign_in_id, None)
            return None
        if len(cache) >= CACHE_LIMIT:
            cache.clear()
        cache[sign_in_id] = known
    return known if secrets.compare_digest(known.key_hash, hashed(key)) else None


def member_named_by(cookie: str) -> int | None:
    """Return whose cookie it is, even when its sign-in has ended: for keeping what that person typed, never for access."""
    try:
        return int(_signer().unsign(cookie).split(".")[0])
    except (signing.BadSignature, ValueError):
        return None


def sign_in_named_by(cookie: str) -> int:
    """Return the number of the sign-in of a cookie that was just made."""
    return int(_signer().unsign(cookie).split(".")[1])


def forget(sign_in_id: int) -> None:
    """Drop this process's memory of a sign-in, now and when the transaction that ended it is committed."""
    cache = _cache()
    cache.pop(str(sign_in_id), None)
    transaction.on_commit(lambda: cache.pop(str(sign_in_id), None))


def forget_member(member_id: int) -> None:
    """Drop this process's memory of every sign-in of a member, so that what changed about them counts at once."""
    cache = _cache()

    def drop() -> None:
        for key, known in list(cache.items()):
            if known.viewer.member_id == member_id:
                cache.pop(key, None)

    drop()
    transaction.on_commit(drop)


def forget_all() -> None:
    """Drop this process's memory of every sign-in."""
    cache = _cache()
    cache.clear()
    transaction.on_commit(cache.clear)


def set_cookie(response: HttpResponse, value: str) -> None:
    """Hand the cookie of a finished sign-in to the browser."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=LIFETIME,
        path="/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponse) -> None:
    """Take the cookie back."""
    response.set_cookie(COOKIE, "", max_age=0, path="/", secure=settings.IS_HTTPS, httponly=True, samesite="Lax")


def _load(sign_in_id: int, *, member_id: int, epoch: int, now: datetime) -> Known | None:
    row = SignIn.objects.select_related("member").filter(pk=sign_in_id, member_id=member_id).first()
    if row is None or row.revoked_at or row.expires_at <= now or row.last_seen_at + IDLE_LIFETIME <= now:
        return None
    if not row.epoch == epoch == row.member.epoch or not row.member.is_active:
        return None
    viewer = queries.viewer_of(row.member, sign_in_id=row.pk)
    return Known(
        key_hash=row.key_hash,
        member=row.member,
        viewer=viewer,
        confirmed_at=row.confirmed_at,
        last_seen_at=row.last_seen_at,
        owes_consent=queries.documents_to_consent(member_id=member_id, now=now).exists(),
        owes_second_proof=queries.needs_second_proof(viewer) and not queries.has_second_proof(member_id),
        checked_at=time.monotonic(),
    )


def _cache() -> dict[str, Known]:
    return hosting.current().caches.setdefault("sign_ins", {})


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"kizuna.signin.{hosting.current().slug}")
