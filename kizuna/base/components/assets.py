"""Addresses of the served files and the import map.

Addresses do not change while a process lives, so they are looked up once.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.templatetags.static import static

STATIC = Path(__file__).parent / "static"
SCRIPTS = STATIC / "kizuna/js"


@cache
def asset_url(path: str) -> str:
    """Return the address of one of our static files, such as `kizuna/kizuna.css`.

    It changes with the content: by the name where the storage hashes names, otherwise by a query.
    """
    address, source = static(path), STATIC / path
    if not address.endswith(path) or not source.exists():
        return address
    return f"{address}?v={hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"


@cache
def icon_sprite_url() -> str:
    """Return the address of the icon sprite."""
    return asset_url("kizuna/icons.svg")


@cache
def importmap_json() -> str:
    """Return the import map: `kizuna/NAME` for each module in `js/`, with hashed addresses.

    `theme.js` is a classic script that runs before the first paint and is not a module.
    """
    modules = sorted(path.stem for path in SCRIPTS.glob("*.js") if path.stem != "theme")
    imports = {f"kizuna/{name}": asset_url(f"kizuna/js/{name}.js") for name in modules}
    return json.dumps({"imports": imports}, separators=(",", ":"), sort_keys=True)
