"""Whole addresses for mail, feeds and canonical links: from KIZUNA_BASE_URL or the directory, never from a Host header.

A community that answers on the host of KIZUNA_BASE_URL has that address; any other takes the scheme and port from it and
the first of its own hosts.
"""

import ipaddress
import os
from urllib.parse import urlsplit

from django.conf import settings

from kizuna.base.hosting.context import current
from kizuna.base.hosting.directory import LOOPBACK_HOSTS, UnknownCommunity, directory

DEFAULT_PORT = "8000"


def base_url() -> str:
    """Return the current community's address without a slash at the end."""
    community = current()
    configured = urlsplit(settings.KIZUNA_BASE_URL)
    if configured.hostname and (not community.hosts or _answers(configured.hostname)):
        return settings.KIZUNA_BASE_URL
    if not community.hosts:
        return f"http://127.0.0.1:{_own_port()}"
    host = community.hosts[0]
    if _is_loopback(host) and not configured.scheme:
        # The first community answers on the plain address too, which is the one people are told and signed in on.
        return f"http://{LOOPBACK_HOSTS[0] if _answers(LOOPBACK_HOSTS[0]) else host}:{_own_port()}"
    port = f":{configured.port}" if configured.port else ""
    return f"{configured.scheme or 'https'}://{host}{port}"


def _own_port() -> str:
    """Return the port of this machine that `serve` listens on."""
    return os.environ.get("KIZUNA_PORT", DEFAULT_PORT)


def absolute_url(path: str) -> str:
    """Return the whole address of a path of this community (`/t/12/`). Raises ValueError for anything but a path."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is not a path of this community.")
    return base_url() + path


def mail_host() -> str:
    """Return the host that stands in Message-IDs, list ids and the sender's address."""
    host = urlsplit(base_url()).hostname or ""
    return "localhost" if _is_loopback(host) or _is_number(host) else host


def _answers(host: str) -> bool:
    try:
        return directory().for_host(host) is current()
    except UnknownCommunity:
        return False


def _is_loopback(host: str) -> bool:
    return host in LOOPBACK_HOSTS or host.endswith(".localhost")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
