"""The installation's secret, made on first use when the environment gives none."""

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """Return the secret kept in `home/secret_key` (readable by its owner only), making it when missing."""
    file = home / "secret_key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return file.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as out:
        out.write(key + "\n")
        out.flush()
        os.fsync(out.fileno())
    return key
