"""Read a provider over the network and remember it: what it can do, its keys, the answer to a code. Never in a transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from kizuna.base import outbound
from kizuna.base.hosting import links
from kizuna.base.hosting.sealing import Unopenable, unseal
from kizuna.core.identities import actions, oidc
from kizuna.core.identities.actions.providers import SECRET
from kizuna.core.identities.models import Provider

METADATA_FOR = timedelta(days=1)
KEYS_FOR = timedelta(hours=12)
# A token with an unknown key makes us look again, but not more often: a stranger could send many.
KEYS_AGAIN = timedelta(seconds=30)

logger = logging.getLogger("kizuna.identities")


def client_of(provider: Provider) -> oidc.Client:
    """Return who we are at a provider. Raises oidc.Distrusted when its secret cannot be opened."""
    try:
        secret = unseal(provider.sealed_secret, purpose=SECRET) if provider.sealed_secret else ""
    except Unopenable:
        raise oidc.Distrusted("sealed") from None
    return oidc.Client(
        issuer=provider.issuer,
        client_id=provider.client_id,
        secret=secret,
        metadata=provider.metadata,
        redirect_uri=callback_url(provider),
    )


def callback_url(provider: Provider) -> str:
    """Return this provider's own way back; no other provider has it."""
    return links.absolute_url(reverse("identities:callback", args=[provider.slug]))


def read_issuer(provider: Provider, *, now: datetime) -> None:
    """Read what the issuer says of itself, and its keys. Raises oidc.Distrusted or outbound.Unreachable."""
    metadata = oidc.discovered(provider.issuer)
    keys = oidc.key_set(metadata)
    if not keys["keys"]:
        raise oidc.Distrusted("keys")
    actions.note_metadata(provider=provider, metadata=metadata, now=now)
    actions.note_keys(provider=provider, key_set=keys, now=now)


def refresh(provider: Provider, *, now: datetime) -> None:
    """Read again what is a day old. What was read before stays good when the issuer does not answer."""
    try:
        if provider.metadata_at is None or now - provider.metadata_at > METADATA_FOR:
            actions.note_metadata(provider=provider, metadata=oidc.discovered(provider.issuer), now=now)
        if provider.key_set_at is None or now - provider.key_set_at > KEYS_FOR:
            actions.note_keys(provider=provider, key_set=oidc.key_set(provider.metadata), now=now)
    except (oidc.Distrusted, outbound.Unreachable) as error:
        logger.warning("provider %s not read: %s", provider.slug, error)
        if not provider.metadata or not provider.key_set:
            raise


def believed(
    provider: Provider, check: Callable[..., dict[str, Any]], *, now: datetime, **facts: Any
) -> dict[str, Any]:
    """Check a token with the keys known; one with an unknown key is checked once more with keys just read."""
    facts = {**facts, "issuer": provider.issuer, "client_id": provider.client_id}
    try:
        return check(keys=provider.key_set, **facts)
    except oidc.UnknownKey:
        if provider.key_set_at is not None and now - provider.key_set_at < KEYS_AGAIN:
            raise
    actions.note_keys(provider=provider, key_set=oidc.key_set(provider.metadata), now=now)
    return check(keys=provider.key_set, **facts)


def claims_for(provider: Provider, *, code: str, verifier: str, nonce: str, now: datetime) -> dict[str, Any]:
    """Return what the provider says of whoever came back with this code. Raises oidc.Distrusted or outbound.Unreachable."""
    client = client_of(provider)
    tokens = oidc.tokens_for(client, code=code, verifier=verifier)
    access_token = tokens.get("access_token") if isinstance(tokens.get("access_token"), str) else ""

    def check(**facts: Any) -> dict[str, Any]:
        return oidc.verified(tokens["id_token"], nonce=nonce, access_token=access_token or "", **facts)

    claims = believed(provider, check, now=now)
    if "email" in claims and "name" in claims:
        return claims
    try:
        more = oidc.userinfo(client, access_token=access_token or "", subject=claims["sub"])
    except outbound.Unreachable:
        more = {}
    return {**more, **claims}
