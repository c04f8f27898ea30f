"""What the content security policy must know about our pages: they hold one inline script, the import map."""

import base64
import hashlib

from kizuna.base.components.assets import importmap_json


def importmap_hash() -> str:
    """Return the source expression that allows the import map, without quotes: `sha256-…`."""
    digest = hashlib.sha256(importmap_json().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
