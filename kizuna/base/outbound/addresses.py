"""Which addresses may be connected to. Python's `is_global` alone lets several inner ways through."""

import ipaddress

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_FORBIDDEN = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96", "64:ff9b:1::/48",  # translated to IPv4 by the network
        "2002::/16", "2001::/32",  # tunnels that carry an IPv4 address
        "::/96",  # the old form of an IPv4 address
        "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4",
    )
)  # fmt: skip
PORTS = frozenset({80, 443})


def is_allowed(address: str) -> bool:
    """Tell whether an address is one of the public internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return _is_public(mapped or found)


def is_listed(host: str, port: int) -> bool:
    """Tell whether the operator lets this host and port in, wherever it is (KIZUNA_OUTBOUND_ALLOWED)."""
    return f"{host.lower()}:{port}" in settings.KIZUNA_OUTBOUND_ALLOWED


def _is_public(address: IPAddress) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return not any(address in network for network in _FORBIDDEN if network.version == address.version)
