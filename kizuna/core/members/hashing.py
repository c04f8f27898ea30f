"""Random keys that grant access, and what is stored of them."""

import hashlib
import secrets


def random_key() -> str:
    """Return 128 random bits as text."""
    return secrets.token_urlsafe(16)


def hashed(key: str) -> str:
    """Return what is stored of a secret: enough to recognise it, not to use it."""
    return hashlib.sha256(key.encode()).hexdigest()
