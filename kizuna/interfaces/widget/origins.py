"""Origins as browsers send them: scheme, host and port, and nothing else."""

import ipaddress
import re
from urllib.parse import urlsplit

LONGEST = 260
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_PORTS = {"http": 80, "https": 443}


class Unusable(ValueError):
    """What somebody wrote names no origin that may be listed."""


def origin_of(text: str) -> str:
    """Return the origin that somebody meant, as a browser writes it. Raises Unusable.

    Plain http is for this machine only: anybody on the way could read what customers write.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").encode("idna").decode().lower(), parts.port
    except (ValueError, UnicodeError):
        raise Unusable(text) from None
    if parts.scheme not in _PORTS or parts.username or parts.password or not _is_host(host):
        raise Unusable(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Unusable(text)
    if parts.scheme == "http" and not is_loopback(host):
        raise Unusable(text)
    shown = f"[{host}]" if ":" in host else host
    own_port = f":{port}" if port and port != _PORTS[parts.scheme] else ""
    origin = f"{parts.scheme}://{shown}{own_port}"
    if len(origin) > LONGEST:
        raise Unusable(text)
    return origin


def is_loopback(host: str) -> bool:
    """Tell whether a host is the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_NAME.fullmatch(host)) and len(host) <= 253
    return True
