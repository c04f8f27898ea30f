"""A SAML identity provider that can be made to lie: every part of its answer as the test wants it."""

import base64
import secrets
import zlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from kizuna.core.identities.saml.documents import etree, signxml

ISSUER = "https://idp.example.com/metadata"
SSO = "https://idp.example.com/sso?tenant=1"
SAML = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
MAIL_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


def pair(days: int = 365, bits: int = 2048):
    """Return a key and its self-signed certificate; `days` may be negative."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=800))
    return key, made.not_valid_after(now + timedelta(days=days)).sign(key, hashes.SHA256())


FIRST, SECOND, STRANGER = pair(), pair(), pair()


def stamp(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def metadata(*pairs, entity_id: str = ISSUER, sso: str = SSO, use: str = ' use="signing"') -> str:
    """Return what the provider says of itself."""
    keys = "".join(
        f"<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64.encodebytes(certificate.public_bytes(serialization.Encoding.DER)).decode()}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for _key, certificate in (pairs or (FIRST,))
    )
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
        f'entityID="{entity_id}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}'
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/post"/>'
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def asked(url: str) -> dict[str, str]:
    """Return what the provider is asked: id, acs, issuer, relay."""
    query = parse_qs(urlsplit(url).query)
    request = ElementTree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    issuer = request.find("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")
    return {
        "id": request.get("ID"), "acs": request.get("AssertionConsumerServiceURL"), "relay": query["RelayState"][0],
        "issuer": issuer.text, "destination": request.get("Destination"),
    }  # fmt: skip


def assertion(to: dict[str, str], **said) -> str:
    """Return an assertion as text, before it is signed."""
    fields = {
        "issuer": ISSUER, "audience": to["issuer"], "recipient": to["acs"], "request": to["id"], "subject": "u-1", "form": PERSISTENT,
        "until": 300, "begins": -60, "ends": 300, "attributes": {"mail": "hana@example.com", "displayName": "花"},
        "id": "_a" + secrets.token_hex(8),
        "session_ends": 3600, **said,
    }  # fmt: skip
    attributes = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in fields["attributes"].items()
    )
    in_response = f' InResponseTo="{fields["request"]}"' if fields["request"] else ""
    audience = (
        f"<saml:AudienceRestriction><saml:Audience>{fields['audience']}</saml:Audience></saml:AudienceRestriction>"
    )
    return (
        f'<saml:Assertion {SAML} ID="{fields["id"]}" Version="2.0" IssueInstant="{stamp(0)}"><saml:Issuer>{fields["issuer"]}</saml:Issuer>'
        f'<saml:Subject><saml:NameID Format="{fields["form"]}">{fields["subject"]}</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData Recipient="{fields["recipient"]}" NotOnOrAfter="{stamp(fields["until"])}"{in_response}/>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{stamp(fields["begins"])}" NotOnOrAfter="{stamp(fields["ends"])}">'
        f'{audience if fields["audience"] else ""}</saml:Conditions><saml:AuthnStatement AuthnInstant="{stamp(0)}" SessionIndex="s-1" '
        f'SessionNotOnOrAfter="{stamp(fields["session_ends"])}"/><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>'
    )


def signed(text: str, by=FIRST, *, method: str = "rsa-sha256", digest: str = "sha256"):
    """Return the assertion as an element with its own signature."""
    key, certificate = by
    signer = signxml.XMLSigner(
        signature_algorithm=method, digest_algorithm=digest, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"
    )
    element = etree.fromstring(text)
    made = signer.sign(element, key=key, cert=[certificate], reference_uri=element.get("ID"), id_attribute="ID")
    signature = made.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    made.remove(signature)
    made.insert(1, signature)
    return made


def response(inner: str, to: dict[str, str], *, status: str = "Success", before: str = "", **attributes) -> str:
    """Return the whole answer as it is posted."""
    given = {
        "Destination": to["acs"],
        "InResponseTo": to["id"],
        "Version": "2.0",
        "ID": "_r" + secrets.token_hex(8),
        **attributes,
    }
    said = " ".join(f'{name}="{value}"' for name, value in given.items() if value)
    text = (
        f'{before}<samlp:Response {SAML} {said} IssueInstant="{stamp(0)}"><saml:Issuer>{ISSUER}</saml:Issuer>'
        f"<samlp:Status><samlp:StatusCode "
        f'Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>{inner}</samlp:Response>'
    )
    return base64.b64encode(text.encode()).decode()


def text_of(element) -> str:
    return etree.tostring(element).decode()


def answer(to: dict[str, str], *, by=FIRST, **said) -> str:
    """Return an honest answer, but for what the test says."""
    return response(text_of(signed(assertion(to, **said), by)), to)
