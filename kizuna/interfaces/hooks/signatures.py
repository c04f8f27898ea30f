"""Signatures of those who knock: pure functions over bytes. Each compares in constant time and never raises.

Standard Webhooks (standardwebhooks.com), Twilio's X-Twilio-Signature (twilio.com/docs/usage/security), LINE's X-Line-Signature
(developers.line.biz), Slack's v0 (docs.slack.dev).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit, urlunsplit

PREFIX = "whsec_"
TOLERANCE = 300  # seconds that a message may be old or ahead


def is_timely(timestamp: str, *, now: float) -> bool:
    """Tell whether a message says a time close to now."""
    return (
        timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12 and abs(now - int(timestamp)) <= TOLERANCE
    )


def is_standard(body: bytes, *, event: str, timestamp: str, signatures: str, secrets: Iterable[str]) -> bool:
    """Tell whether one of several signatures (`v1,… v1,…`) is by one of the secrets (`whsec_…`)."""
    told = f"{event}.{timestamp}.".encode() + body
    given = [item.partition(",")[2] for item in signatures.split()[:10] if item.startswith("v1,")]
    right = [_base64(_decoded(secret.removeprefix(PREFIX)), told, hashlib.sha256) for secret in secrets]
    return any([_same(one, other) for one in given for other in right])


def is_twilio(url: str, params: Sequence[tuple[str, str]], *, signature: str, secrets: Iterable[str]) -> bool:
    """Tell whether a form was signed for this address: the address, then every name and value, sorted; SHA-1 as Twilio has it.

    Twilio signs some addresses with their port and some without, so both count.
    """
    said = "".join(name + value for name, value in sorted(set(params)))
    right = [
        _base64(secret.encode(), f"{address}{said}".encode("utf-8", "replace"), hashlib.sha1)
        for secret in secrets
        for address in _with_and_without_port(url)
    ]
    return any([_same(signature, one) for one in right])


def is_line(body: bytes, *, signature: str, secret: str) -> bool:
    """Tell whether a body is by the channel with this secret."""
    return _same(signature, _base64(secret.encode(), body, hashlib.sha256))


def is_slack(body: bytes, *, timestamp: str, signature: str, secret: str) -> bool:
    """Tell whether a body is by the app with this signing secret."""
    told = f"v0:{timestamp}:".encode() + body
    return _same(signature, "v0=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest())


def _base64(key: bytes, told: bytes, digest: object) -> str:
    return base64.b64encode(hmac.new(key, told, digest).digest()).decode()  # type: ignore[call-overload]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return text.encode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _with_and_without_port(url: str) -> list[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [url, urlunsplit(parts._replace(netloc=f"{host}:{port}")), urlunsplit(parts._replace(netloc=host))]
