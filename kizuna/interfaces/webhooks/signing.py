"""Sign as Standard Webhooks say: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32
PURPOSE = "webhooks"  # what secrets are sealed for


def new_secret() -> str:
    """Return a fresh secret in the form that the public libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(body: str, *, event: str, timestamp: int, keys: Sequence[str]) -> dict[str, str]:
    """Return the three headers; with two secrets there are two signatures, and either proves the body."""
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(body, event, timestamp, key) for key in keys),
    }


def _signature(body: str, event: str, timestamp: int, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{event}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
