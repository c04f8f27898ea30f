"""What an identity provider says of itself, as an owner pastes it; and what we say of ourselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding

from kizuna.core.identities.saml import Distrusted
from kizuna.core.identities.saml.documents import METADATA, NAMES, certificate_of, parsed

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SPEAKS = "urn:oasis:names:tc:SAML:2.0:protocol"
MOST_CERTIFICATES = 6
LONGEST_ID = 300
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Described:
    """An identity provider: its name, where people sign in, with which certificates it signs."""

    entity_id: str
    sign_in_url: str
    certificates: tuple[str, ...]
    runs_out_at: tuple[str, ...]

    def metadata(self) -> dict[str, Any]:
        return {"sign_in_url": self.sign_in_url}

    def key_set(self) -> dict[str, Any]:
        """Return the certificates as they are kept, with when each runs out."""
        pairs = zip(self.certificates, self.runs_out_at, strict=True)
        return {"certificates": [{"pem": pem, "until": until} for pem, until in pairs]}


def read(text: str) -> Described:
    """Return what pasted metadata says. Raises Distrusted with a word for what is missing."""
    root = parsed(text.strip().encode())
    entity = root
    if root.tag == f"{{{METADATA}}}EntitiesDescriptor":
        found = [item for item in root.iter(f"{{{METADATA}}}EntityDescriptor") if _idp_of(item) is not None]
        if len(found) != 1:
            raise Distrusted("many")
        entity = found[0]
    if entity.tag != f"{{{METADATA}}}EntityDescriptor":
        raise Distrusted("form")
    idp, entity_id = _idp_of(entity), (entity.get("entityID") or "").strip()
    if idp is None or not 0 < len(entity_id) <= LONGEST_ID:
        raise Distrusted("form")
    services = idp.findall("md:SingleSignOnService", NAMES)
    url = next((item.get("Location") for item in services if item.get("Binding") == REDIRECT), "")
    if not url or not _is_address(url):
        raise Distrusted("redirect")
    certificates = _certificates(idp)
    if not certificates:
        raise Distrusted("certificate")
    pems = tuple(item.public_bytes(Encoding.PEM).decode() for item in certificates)
    return Described(entity_id, url, pems, tuple(item.not_valid_after_utc.isoformat() for item in certificates))


def own(*, entity_id: str, acs_url: str) -> bytes:
    """Return what a provider is told of us."""
    from_here = (
        f'<md:EntityDescriptor xmlns:md="{METADATA}" entityID="{entity_id}">'
        f'<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="{SPEAKS}">'
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>"
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>"
        f'<md:AssertionConsumerService Binding="{POST}" Location="{acs_url}" index="0" isDefault="true"/>'
        "</md:SPSSODescriptor></md:EntityDescriptor>"
    )
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + from_here.encode()


def certificates_of(key_set: dict[str, Any]) -> list[str]:
    """Return the certificates (PEM) that a provider signs with."""
    return [str(item["pem"]) for item in key_set.get("certificates", [])]


def runs_out(key_set: dict[str, Any]) -> list[datetime]:
    """Return until when each certificate is meant to be used."""
    return [datetime.fromisoformat(item["until"]) for item in key_set.get("certificates", [])]


def _idp_of(entity: Any) -> Any:
    found = entity.findall("md:IDPSSODescriptor", NAMES)
    spoken = [item for item in found if SPEAKS in (item.get("protocolSupportEnumeration") or "").split()]
    return spoken[0] if len(spoken) == 1 else None


def _certificates(idp: Any) -> list[Any]:
    found = {}
    for key in idp.findall("md:KeyDescriptor", NAMES):
        if key.get("use", "signing") != "signing":
            continue
        for item in key.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES):
            certificate = certificate_of(item.text or "")
            found[certificate.serial_number, certificate.not_valid_after_utc] = certificate
    return list(found.values())[:MOST_CERTIFICATES]


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_plain = url.isascii() and len(url) <= 1_000 and not any(letter <= " " or letter in '\\"<>' for letter in url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_plain and is_safe and bool(parts.hostname) and parts.username is None
