"""Where a request comes from. X-Forwarded-For counts only as far as the operator's own proxies wrote it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the client's address, or "" when it is none (a Unix socket)."""
    return _clean(_forwarded(request) or request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Return what limits count as one client: the address, or the /64 that an IPv6 customer holds."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def device_name(user_agent: str) -> str:
    """Return in a few words what a browser says of itself: "Chrome, Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or user_agent[:60] or "—"


def _forwarded(request: HttpRequest) -> str:
    """The proxy nearest to us appends the address it saw: with n proxies of ours the n-th from the right is true."""
    proxies = settings.KIZUNA_TRUSTED_PROXIES
    if not proxies:
        return ""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return chain[-proxies] if len(chain) >= proxies else ""


def _clean(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
