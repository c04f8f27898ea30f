"""XML of strangers: read without entities, without comments, with every ID once; and signatures, believed as far as they reach."""

from importlib import import_module
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kizuna.core.identities.saml import IS_INSTALLED, Distrusted

etree: Any = import_module("lxml.etree") if IS_INSTALLED else None
signxml: Any = import_module("signxml") if IS_INSTALLED else None

LARGEST = 300_000
MOST_ELEMENTS = 5_000
MIN_RSA_BITS = 2048
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
NAMES = {"saml": ASSERTION, "samlp": PROTOCOL, "md": METADATA, "ds": SIGNATURE}
# What may be done to what is signed before it is hashed.
TRANSFORMS = frozenset({
    f"{SIGNATURE}enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11",
})  # fmt: skip
METHODS = ("RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA512",
           "SHA256_RSA_MGF1", "SHA384_RSA_MGF1", "SHA512_RSA_MGF1")  # fmt: skip
DIGESTS = ("SHA256", "SHA384", "SHA512")


def parsed(raw: bytes) -> Any:
    """Return the root of a document. Raises Distrusted for whatever a plain document does not have."""
    if not IS_INSTALLED:
        raise Distrusted("not installed")
    if len(raw) > LARGEST:
        raise Distrusted("size")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Distrusted("form") from None
    if root.getroottree().docinfo.internalDTD is not None or root.getroottree().docinfo.doctype:
        raise Distrusted("doctype")
    _require_plain(root)
    return root


def _require_plain(root: Any) -> None:
    """Comments cut names in two for some readers, IDs that stand twice are two answers to one question."""
    ids: set[str] = set()
    for number, node in enumerate(root.getroottree().iter()):
        if number > MOST_ELEMENTS:
            raise Distrusted("size")
        if not isinstance(node.tag, str):  # comment, processing instruction, entity
            raise Distrusted("comment")
        for name in ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id"):
            if (value := node.get(name)) is not None:
                if value in ids:
                    raise Distrusted("id twice")
                ids.add(value)


def signed(element: Any, *, certificates: list[str]) -> Any:
    """Return the element as it was signed by one of the certificates (PEM): a copy, and nothing of the document around it."""
    found = element.findall("ds:Signature", NAMES)
    if len(found) != 1 or not element.get("ID"):
        raise Distrusted("unsigned")
    references = found[0].findall("ds:SignedInfo/ds:Reference", NAMES)
    if len(references) != 1 or references[0].get("URI") != f"#{element.get('ID')}":
        raise Distrusted("reference")
    for transform in references[0].iter(f"{{{SIGNATURE}}}Transform"):
        if transform.get("Algorithm") not in TRANSFORMS:
            raise Distrusted("transform")
    alone = etree.tostring(element, with_tail=False)
    for pem in certificates:
        result = _verified(alone, pem)
        if result is None:
            continue
        if result.tag != element.tag or result.get("ID") != element.get("ID"):
            raise Distrusted("reference")
        return result
    raise Distrusted("signature")


def _verified(raw: bytes, pem: str) -> Any:
    """Return what one certificate signed, or None. It is pinned: whether it has run out is shown to owners, not asked here."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    config = signxml.SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=frozenset(getattr(signxml.SignatureMethod, name) for name in METHODS),
        digest_algorithms=frozenset(getattr(signxml.DigestAlgorithm, name) for name in DIGESTS),
        verification_time=certificate.not_valid_before_utc,
    )
    try:
        return signxml.XMLVerifier().verify(
            raw, x509_cert=certificate, id_attribute="ID", expect_config=config
        ).signed_xml  # fmt: skip
    except Exception:  # whatever the reader makes of a stranger's signature
        return None


def certificate_of(text: str) -> x509.Certificate:
    """Return a certificate as metadata holds it. Raises Distrusted for one that is none, or too weak."""
    body = "".join(text.split())
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        key = certificate.public_key()
    except Exception:
        raise Distrusted("certificate") from None
    if isinstance(key, RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise Distrusted("certificate")
    elif not isinstance(key, EllipticCurvePublicKey):
        raise Distrusted("certificate")
    return certificate
