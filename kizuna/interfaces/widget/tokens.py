"""Short tokens of ours: who uses the widget on which origin. And the words by which a visitor adds to what they sent.

The product's own server signs a JWT for the person (audience: this community with /w, at most a minute, good once); it is
exchanged here for a token of a quarter of an hour that holds for one origin. It is no sign-in: it opens the widget alone.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.core.identities import actions as identities
from kizuna.core.identities import product_tokens, queries
from kizuna.core.identities.models import Identity
from kizuna.core.identities.oidc import Distrusted
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import MEMBERS, PUBLIC, Viewer

LIFETIME = timedelta(minutes=15)
ADDS_FOR = timedelta(hours=24)
WRITES = ("read", "write")


def audience() -> str:
    """Return whom the product's tokens must be for: the widget, so that none of them signs anybody in."""
    return f"{links.base_url()}/w"


def exchanged(token: str, *, origin: str, now: datetime) -> tuple[str, Identity] | None:
    """Take a product's token and return ours with who it is; None for somebody who is no member. Raises Distrusted."""
    provider, claims = _believed(token, now=now)
    until = datetime.fromtimestamp(claims["exp"], tz=UTC) + timedelta(seconds=product_tokens.LEEWAY + 60)
    if not identities.use_once(key=f"widget:{provider.pk}:{claims['jti']}", until=until):
        raise Distrusted("replay")
    identity = queries.identity_of(provider, claims["sub"])
    if identity is None or not identity.member.is_active:
        return None
    said = {"i": identity.pk, "m": identity.member_id, "e": identity.member.epoch, "o": origin}
    return signing.dumps(said, salt=_salt("token")), identity


def viewer_from(token: str, *, origin: str, language: str) -> Viewer | None:
    """Return whose token it is, None when it ran out, was made for another page, or the person may no longer come in.

    Whoever has a role is a member here like any other: what the team alone may see stays out of other sites' pages.
    """
    try:
        said: dict[str, Any] = signing.loads(token, salt=_salt("token"), max_age=LIFETIME)
    except signing.BadSignature:
        return None
    if said["o"] != origin:
        return None
    identity = Identity.objects.select_related("member", "provider").filter(pk=said["i"], member_id=said["m"]).first()
    if identity is None or not identity.provider.is_on:
        return None
    member = identity.member
    if not member.is_active or member.epoch != said["e"]:
        return None
    viewer = viewer_of(member, language=language, scopes=WRITES)
    if viewer.roles:
        viewer = replace(viewer, roles=frozenset(), audience_ids=(PUBLIC, MEMBERS))
    return viewer


def word_for(inquiry_id: int, *, origin: str) -> str:
    """Return the word by which a visitor adds to what they have just sent."""
    return signing.dumps([inquiry_id, origin], salt=_salt("adding"))


def inquiry_of(word: str, *, origin: str) -> int | None:
    """Return which inquiry a word stands for, on the page for which it was made."""
    try:
        inquiry_id, made_for = signing.loads(word, salt=_salt("adding"), max_age=ADDS_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return inquiry_id if made_for == origin else None


def _believed(token: str, *, now: datetime) -> tuple[Any, dict[str, Any]]:
    reason = Distrusted("issuer")
    for provider in queries.open_products():
        try:
            claims, key = product_tokens.verified(
                token, keys=provider.keys.all(), issuer=provider.issuer, audience=audience()
            )
        except Distrusted as error:
            reason = error
            continue
        identities.note_key_used(key=key, now=now)
        return provider, claims
    raise reason


def _salt(use: str) -> str:
    """A token of one community is nothing in another, though both are signed with the same secret."""
    return f"widget.{use}:{hosting.current().slug}"
