"""Tokens that the company's product signs for somebody who goes over to the community. No rows are written here."""

from collections.abc import Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from kizuna.base.hosting.sealing import Unopenable, unseal
from kizuna.core.identities.models import ProviderKey
from kizuna.core.identities.oidc import MAX_TOKEN, MIN_RSA_BITS, Distrusted, UnknownKey

PURPOSE = "product-key"
LONGEST_LIFE = 60
LEEWAY = 10
REQUIRED = ("iss", "sub", "aud", "exp", "iat", "jti")


def verified(
    token: str, *, keys: Iterable[ProviderKey], issuer: str, audience: str
) -> tuple[dict[str, Any], ProviderKey]:
    """Return the claims of a fresh token for this community, and the key that signed it. Raises Distrusted."""
    if len(token) > MAX_TOKEN:
        raise Distrusted("size")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise Distrusted("form") from None
    kid = header.get("kid")
    candidates = [key for key in keys if key.algorithm == header.get("alg") and kid in (None, key.kid)]
    if not candidates or "crit" in header:
        raise UnknownKey
    for key in candidates:
        try:
            claims = jwt.decode(
                token, _opened(key), algorithms=[key.algorithm], audience=audience, issuer=issuer, leeway=LEEWAY,
                options={"require": list(REQUIRED)},
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise Distrusted(type(error).__name__) from None
        return _short_lived(claims), key
    raise Distrusted("signature")


def require_public_key(pem: str) -> None:
    """Raise ValueError unless the text is an RSA public key of at least 2,048 bits."""
    key = load_pem_public_key(pem.strip().encode())
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
        raise ValueError("not an RSA key of 2,048 bits or more")


def _opened(key: ProviderKey) -> str:
    try:
        return unseal(key.sealed, purpose=PURPOSE)
    except Unopenable:
        raise Distrusted("sealed") from None


def _short_lived(claims: dict[str, Any]) -> dict[str, Any]:
    if claims["exp"] - claims["iat"] > LONGEST_LIFE:
        raise Distrusted("life")
    for name in ("sub", "jti"):
        if not isinstance(claims[name], str) or not 0 < len(claims[name]) <= 255:
            raise Distrusted(name)
    return claims
