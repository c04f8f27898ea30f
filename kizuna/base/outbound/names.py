"""Ask DNS. The machine's own resolver is asked, or the one that the operator names."""

import dns.exception
import dns.resolver
from django.conf import settings

from kizuna.base.outbound.client import Unreachable

SECONDS = 5.0


def txt_records(name: str) -> list[str]:
    """Return the TXT records of a name, none when it has none. Raises Unreachable when DNS does not answer."""
    resolver = dns.resolver.Resolver(configure=not settings.KIZUNA_DNS_SERVER)
    if settings.KIZUNA_DNS_SERVER:
        host, _colon, port = settings.KIZUNA_DNS_SERVER.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or 53)
    try:
        found = resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError):
        raise Unreachable("name") from None
    return [b"".join(row.strings).decode("utf-8", "replace") for row in found]
