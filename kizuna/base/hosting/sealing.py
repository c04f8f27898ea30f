"""Secrets at rest: sealed under the installation's secret, a key of its own for each purpose.

New ones are sealed under today's KIZUNA_SECRET_KEY; those sealed under an earlier one (KIZUNA_SECRET_KEY_FALLBACKS) open too.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class Unopenable(Exception):
    """The secret was sealed under a key that this installation does not have."""


def seal(text: str, *, purpose: str) -> str:
    """Return `text` so that only this installation can read it, and only for `purpose`."""
    return _vault(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return what was sealed. Raises Unopenable."""
    try:
        return _vault(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unopenable(purpose) from None


def _vault(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret: str | bytes, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"kizuna.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(secret))))
