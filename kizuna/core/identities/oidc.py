"""OpenID Connect as a relying party: what is asked of a provider, and what is believed of its answers. No rows here.

Every answer is checked against what was configured: the issuer by its exact name, endpoints by what may be fetched, tokens by
the issuer's own public keys and by asymmetric algorithms only.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kizuna.base import outbound
from kizuna.base.outbound.client import is_fetchable

ALGORITHMS = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
}  # fmt: skip
PUBLIC_PARTS = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT = (
    "issuer", "token_endpoint_auth_methods_supported", "authorization_response_iss_parameter_supported", *ENDPOINTS,
)  # fmt: skip
LEEWAY = 60
MAX_TOKEN = 16_000
MAX_KEYS = 40
MIN_RSA_BITS = 2048
LOGOUT_FRESH = 300  # seconds
LOGOUT_KEPT = timedelta(minutes=15)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Distrusted(Exception):
    """What came does not convince. `reason` is a word for the log and for tests, never shown to the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKey(Distrusted):
    """The token names a key that is not in the set: the provider may have changed its keys."""

    def __init__(self) -> None:
        super().__init__("key")


@dataclass(frozen=True)
class Client:
    """Who we are at a provider, and what was read from it."""

    issuer: str
    client_id: str
    secret: str
    metadata: Mapping[str, Any]
    redirect_uri: str = ""


def discovered(issuer: str) -> dict[str, Any]:
    """Return what an issuer says of itself. Raises Distrusted or outbound.Unreachable."""
    answer = outbound.fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    said = _object(answer, "metadata")
    if said.get("issuer") != issuer:
        raise Distrusted("issuer")
    for name in ENDPOINTS:
        url = said.get(name)
        if url is None and name not in NEEDED:
            continue
        if not isinstance(url, str) or len(url) > 1_000 or not is_fetchable(url):
            raise Distrusted(name)
    return {name: said[name] for name in KEPT if name in said}


def key_set(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the issuer's public keys, nothing else of what it sent. Raises Distrusted or outbound.Unreachable."""
    said = _object(outbound.fetch(metadata["jwks_uri"]), "keys")
    keys = said.get("keys")
    if not isinstance(keys, list):
        raise Distrusted("keys")
    wanted = set(ALGORITHMS.values())
    public = [
        {part: key[part] for part in PUBLIC_PARTS if isinstance(key.get(part), str)}
        for key in keys[:MAX_KEYS]
        if isinstance(key, dict) and key.get("kty") in wanted and key.get("use", "sig") == "sig"
    ]
    return {"keys": public}


def new_verifier() -> str:
    """Return the secret of PKCE: 256 random bits."""
    return secrets.token_urlsafe(32)


def authorization_url(client: Client, *, state: str, nonce: str, verifier: str, scopes: str) -> str:
    """Return where the browser goes to sign in."""
    challenge = _base64(hashlib.sha256(verifier.encode()).digest())
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": client.redirect_uri, "scope": scopes,
        "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return _with(client.metadata["authorization_endpoint"], asked)


def end_session_url(client: Client, *, back_to: str) -> str:
    """Return where the browser ends the sign-in at the provider itself, or ""."""
    endpoint = client.metadata.get("end_session_endpoint")
    asked = {"client_id": client.client_id, "post_logout_redirect_uri": back_to}
    return _with(endpoint, asked) if endpoint else ""


def tokens_for(client: Client, *, code: str, verifier: str) -> dict[str, Any]:
    """Exchange the code of a callback. Raises Distrusted or outbound.Unreachable."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri, "code_verifier": verifier,
        "client_id": client.client_id,
    }  # fmt: skip
    headers = {}
    methods = client.metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if not client.secret:
        pass
    elif "client_secret_basic" in methods:
        pair = urlencode({"i": client.client_id})[2:] + ":" + urlencode({"s": client.secret})[2:]
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_secret"] = client.secret
    answer = outbound.fetch(client.metadata["token_endpoint"], method="POST", form=form, headers=headers)
    said = _object(answer, "token")
    if not isinstance(said.get("id_token"), str):
        raise Distrusted("id_token")
    return said


def userinfo(client: Client, *, access_token: str, subject: str) -> dict[str, Any]:
    """Return more about the person; an answer about somebody else is none. Raises outbound.Unreachable."""
    endpoint = client.metadata.get("userinfo_endpoint")
    if not endpoint or not access_token:
        return {}
    answer = outbound.fetch(endpoint, headers={"Authorization": f"Bearer {access_token}"})
    if answer.status != 200:
        return {}
    said = _object(answer, "userinfo")
    if said.get("sub") != subject:
        raise Distrusted("userinfo")
    return said


def verified(
    token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str, access_token: str = ""
) -> dict[str, Any]:
    """Return the claims of an ID token meant for us and for this attempt. Raises Distrusted."""
    claims, algorithm = _checked(
        token, keys, issuer=issuer, audience=client_id, required=("iss", "sub", "aud", "exp", "iat")
    )
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise Distrusted("azp")
    if "azp" in claims and claims["azp"] != client_id:
        raise Distrusted("azp")
    if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Distrusted("nonce")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token, algorithm):
        raise Distrusted("at_hash")
    return claims


def verified_logout(token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str) -> dict[str, Any]:
    """Return the claims of a logout token. An ID token is none, and the other way round. Raises Distrusted."""
    claims, _algorithm = _checked(token, keys, issuer=issuer, audience=client_id, required=("iss", "aud", "iat", "jti"))
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise Distrusted("events")
    if not claims.get("sub") and not claims.get("sid"):
        raise Distrusted("sub")
    return claims


def _checked(
    token: str, keys: Mapping[str, Any], *, issuer: str, audience: str, required: tuple[str, ...]
) -> tuple[dict[str, Any], str]:
    if len(token) > MAX_TOKEN:
        raise Distrusted("size")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise Distrusted("form") from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or "crit" in header:
        raise Distrusted("alg")
    reason = "key"
    candidates = _candidates(keys, algorithm=algorithm, kid=header.get("kid"))
    for key in candidates:
        try:
            claims = jwt.decode(
                token, key.key, algorithms=[algorithm], audience=audience, issuer=issuer, leeway=LEEWAY,
                options={"require": list(required), "strict_aud": False},
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            reason = "signature"
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise Distrusted(type(error).__name__) from None
        else:
            return _with_subject(claims), algorithm
    raise UnknownKey if not candidates else Distrusted(reason)


def _with_subject(claims: dict[str, Any]) -> dict[str, Any]:
    subject = claims.get("sub")
    if subject is not None and (not isinstance(subject, str) or not 0 < len(subject) <= 255):
        raise Distrusted("sub")
    return claims


def _candidates(keys: Mapping[str, Any], *, algorithm: str, kid: Any) -> list[jwt.PyJWK]:
    """Return the keys that may have signed: of the algorithm's own kind, of that name, strong enough."""
    found = []
    for item in keys.get("keys", []):
        if item.get("kty") != ALGORITHMS[algorithm] or item.get("alg", algorithm) != algorithm:
            continue
        if kid is not None and item.get("kid", kid) != kid:
            continue
        try:
            key = jwt.PyJWK(item, algorithm=algorithm)
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if isinstance(key.key, RSAPublicKey) and key.key.key_size < MIN_RSA_BITS:
            continue
        found.append(key)
    return found


def _half_hash(token: str, algorithm: str) -> str:
    size = "512" if algorithm == "EdDSA" else algorithm[2:]
    digest = hashlib.new(f"sha{size}", token.encode()).digest()
    return _base64(digest[: len(digest) // 2])


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _object(answer: outbound.Answer, what: str) -> dict[str, Any]:
    if answer.status != 200:
        raise Distrusted(f"{what} {answer.status}")
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        raise Distrusted(what) from None
    if not isinstance(said, dict) or "\\u0000" in json.dumps(said):
        raise Distrusted(what)
    return said


def _with(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"
