"""What is good once: a sign-in under way, a link for a token, a token itself."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from kizuna.base.hosting.sealing import Unopenable, seal, unseal
from kizuna.core.identities import oidc
from kizuna.core.identities.models import Attempt, Provider, Ticket, UsedToken
from kizuna.core.members.hashing import hashed, random_key

VALID_FOR = timedelta(minutes=10)
TICKET_FOR = timedelta(seconds=60)
VERIFIER, TICKET = "pkce-verifier", "sign-in-ticket"


@dataclass(frozen=True)
class Begun:
    """An attempt as its own browser needs it once."""

    id: int
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Used:
    """An attempt that came back."""

    provider: Provider
    nonce: str
    verifier: str
    next: str
    member_id: int | None


def begin_attempt(*, provider: Provider, next_url: str, member_id: int | None, now: datetime) -> Begun:
    """Write a sign-in under way. Of `state` only a hash is kept."""
    state, nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(24), oidc.new_verifier()
    row = Attempt.objects.create(
        provider=provider,
        state_hash=hashed(state),
        nonce=nonce,
        sealed_verifier=seal(verifier, purpose=VERIFIER),
        next=next_url[:2000],
        member_id=member_id,
        created_at=now,
    )
    return Begun(row.pk, state, nonce, verifier)


def use_attempt(*, provider: Provider, state: str, begun_here: list[int], now: datetime) -> Used | None:
    """Take an attempt of this browser and this provider out of the table; None when there is none, or no more."""
    row = Attempt.objects.filter(
        state_hash=hashed(state), pk__in=begun_here, provider=provider, created_at__gt=now - VALID_FOR
    ).first()
    if row is None:
        return None
    taken, _details = Attempt.objects.filter(pk=row.pk).delete()
    if not taken:  # another request was faster
        return None
    try:
        verifier = unseal(row.sealed_verifier, purpose=VERIFIER)
    except Unopenable:
        return None
    return Used(provider, row.nonce, verifier, row.next, row.member_id)


def use_once(*, key: str, until: datetime) -> bool:
    """Tell whether this is the first time that something comes; the second finds the row of the first."""
    try:
        with transaction.atomic():
            UsedToken.objects.create(key_hash=hashed(key), expires_at=until)
    except IntegrityError:
        return False
    return True


def make_ticket(*, provider: Provider, claims: dict[str, Any], next_url: str, now: datetime) -> str:
    """Write a link that is good once for what a token said, and return its secret."""
    key = random_key()
    Ticket.objects.create(
        provider=provider,
        key_hash=hashed(key),
        sealed_claims=seal(json.dumps(claims), purpose=TICKET),
        next=next_url[:2000],
        expires_at=now + TICKET_FOR,
    )
    return key


def use_ticket(*, key: str, kind: str, now: datetime) -> tuple[Provider, dict[str, Any], str] | None:
    """Take a link out of the table: whose it is, what was said and where to go; None when there is none, or no more.

    `kind` is that of the provider which made it: what a SAML provider said is no product's token.
    """
    rows = Ticket.objects.select_related("provider").filter(key_hash=hashed(key), provider__kind=kind)
    row = rows.filter(expires_at__gt=now).first()
    if row is None or not row.provider.is_on or not Ticket.objects.filter(pk=row.pk).delete()[0]:
        return None
    try:
        return row.provider, json.loads(unseal(row.sealed_claims, purpose=TICKET)), row.next
    except Unopenable:
        return None


def read_ticket(*, key: str, kind: str, now: datetime) -> tuple[Provider, dict[str, Any]] | None:
    """Return whose a link is without using it, to ask the person first."""
    rows = Ticket.objects.select_related("provider").filter(key_hash=hashed(key), provider__kind=kind)
    row = rows.filter(expires_at__gt=now).first()
    try:
        return (row.provider, json.loads(unseal(row.sealed_claims, purpose=TICKET))) if row else None
    except Unopenable:
        return None


def forget_old(*, now: datetime) -> int:
    """Remove what ran out; return how many rows."""
    attempts, _a = Attempt.objects.filter(created_at__lt=now - VALID_FOR).delete()
    tickets, _t = Ticket.objects.filter(expires_at__lt=now).delete()
    tokens, _u = UsedToken.objects.filter(expires_at__lt=now - timedelta(minutes=5)).delete()
    return attempts + tickets + tokens
