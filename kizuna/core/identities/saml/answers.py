"""Ask an identity provider who somebody is, and decide what of its answer is believed."""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from kizuna.core.identities.saml import Distrusted
from kizuna.core.identities.saml.documents import ASSERTION, NAMES, PROTOCOL, parsed, signed
from kizuna.core.identities.saml.metadata import POST

LEEWAY = timedelta(seconds=60)
LONGEST_LIFE = timedelta(hours=24)
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EMAIL_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
XS_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]00:00)?")
# What providers call the same: claims as OpenID names them, so that one mapping serves both.
USUAL = {
    "email": ("email", "mail", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3",
              "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
    "name": ("name", "displayname", "urn:oid:2.16.840.1.113730.3.1.241",
             "http://schemas.microsoft.com/identity/claims/displayname"),
    "given_name": ("given_name", "givenname", "firstname", "urn:oid:2.5.4.42",
                   "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"),
    "family_name": ("family_name", "sn", "surname", "lastname", "urn:oid:2.5.4.4",
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"),
}  # fmt: skip
OURS = frozenset({"sub", "sid", "email_verified", "iss", "aud"})


@dataclass(frozen=True)
class Expected:
    """Whom we asked, and who we are to it."""

    issuer: str
    certificates: list[str]
    entity_id: str
    acs_url: str


@dataclass(frozen=True)
class Answer:
    """What is believed: claims, of which request it is the answer ("" for none), and under which name it is used once."""

    claims: dict[str, Any]
    request_id: str
    assertion_id: str
    until: datetime


def sign_in_url(base: str, *, request_id: str, entity_id: str, acs_url: str, relay: str, now: datetime) -> str:
    """Return where the browser goes to sign in (HTTP-Redirect)."""
    request = (
        f'<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" ID="{request_id}" Version="2.0" '
        f'IssueInstant="{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" Destination="{_quoted(base)}" ProtocolBinding="{POST}" '
        f'AssertionConsumerServiceURL="{_quoted(acs_url)}"><saml:Issuer>{_quoted(entity_id)}</saml:Issuer>'
        '<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>'
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(request.encode()) + packer.flush()
    asked = urlencode({"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": relay})
    return f"{base}{'&' if urlsplit(base).query else '?'}{asked}"


def believed(text: str, *, expected: Expected, now: datetime) -> Answer:
    """Return what an answer says of whom, having checked whatever can be checked without knowing the browser.

    Everything that is believed is read from the assertion as it was signed, nothing from the document around it.
    """
    response = _response(text, expected)
    found = response.findall("saml:Assertion", NAMES)
    everywhere = [
        node
        for node in response.iter()
        if node.tag in (f"{{{ASSERTION}}}Assertion", f"{{{ASSERTION}}}EncryptedAssertion")
    ]
    if len(found) != 1 or len(everywhere) != 1:
        raise Distrusted("assertions")
    assertion = signed(found[0], certificates=expected.certificates)
    if assertion.get("Version") != "2.0" or _text(assertion.find("saml:Issuer", NAMES)) != expected.issuer:
        raise Distrusted("issuer")
    request_id, until = _confirmed(assertion, expected, now=now)
    _require_conditions(assertion, expected, now=now)
    outer = response.get("InResponseTo") or ""
    if outer and outer != request_id:
        raise Distrusted("request")
    return Answer(_claims(assertion, now=now), request_id, str(assertion.get("ID")), until + LEEWAY)


def _response(text: str, expected: Expected) -> Any:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Distrusted("form") from None
    response = parsed(raw)
    if response.tag != f"{{{PROTOCOL}}}Response" or response.get("Version") != "2.0":
        raise Distrusted("form")
    codes = response.findall("samlp:Status/samlp:StatusCode", NAMES)
    if len(codes) != 1 or codes[0].get("Value") != SUCCESS:
        raise Distrusted("status")
    if response.get("Destination", expected.acs_url) != expected.acs_url:
        raise Distrusted("destination")
    issuer = response.find("saml:Issuer", NAMES)
    if issuer is not None and _text(issuer) != expected.issuer:
        raise Distrusted("issuer")
    return response


def _confirmed(assertion: Any, expected: Expected, *, now: datetime) -> tuple[str, datetime]:
    """Return which request the bearer's confirmation names, and until when it is good."""
    reason = "confirmation"
    for confirmation in assertion.findall("saml:Subject/saml:SubjectConfirmation", NAMES):
        data = confirmation.find("saml:SubjectConfirmationData", NAMES)
        if confirmation.get("Method") != BEARER or data is None:
            continue
        until = _moment(data.get("NotOnOrAfter"))
        if data.get("Recipient") != expected.acs_url:
            reason = "recipient"
        elif until is None or until + LEEWAY <= now or data.get("NotBefore") is not None:
            reason = "expired"
        elif until > now + LONGEST_LIFE:
            reason = "life"
        else:
            return data.get("InResponseTo") or "", until
    raise Distrusted(reason)


def _require_conditions(assertion: Any, expected: Expected, *, now: datetime) -> None:
    conditions = assertion.findall("saml:Conditions", NAMES)
    if len(conditions) != 1:
        raise Distrusted("conditions")
    begins, ends = (_moment(conditions[0].get(name)) for name in ("NotBefore", "NotOnOrAfter"))
    if (begins and begins - LEEWAY > now) or (ends and ends + LEEWAY <= now):
        raise Distrusted("expired")
    restrictions = conditions[0].findall("saml:AudienceRestriction", NAMES)
    named = [{_text(item) for item in one.findall("saml:Audience", NAMES)} for one in restrictions]
    if not named or any(expected.entity_id not in audience for audience in named):
        raise Distrusted("audience")


def _claims(assertion: Any, *, now: datetime) -> dict[str, Any]:
    names = assertion.findall("saml:Subject/saml:NameID", NAMES)
    if len(names) != 1 or len(names[0]):
        raise Distrusted("subject")
    subject, form = _text(names[0]), names[0].get("Format") or ""
    if not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Distrusted("subject")
    if form == TRANSIENT:  # another name at every sign-in
        raise Distrusted("transient")
    statements = assertion.findall("saml:AuthnStatement", NAMES)
    if not statements:
        raise Distrusted("statement")
    ends = _moment(statements[0].get("SessionNotOnOrAfter"))
    if ends is not None and ends + LEEWAY <= now:
        raise Distrusted("expired")
    claims = _attributes(assertion)
    if "email" not in claims and (form == EMAIL_ID or "@" in subject):
        claims["email"] = subject
    sid = (statements[0].get("SessionIndex") or "")[:255]
    return {**claims, "sub": subject, "sid": sid, "email_verified": True}


def _attributes(assertion: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for attribute in assertion.findall("saml:AttributeStatement/saml:Attribute", NAMES)[:200]:
        values = [_text(item) for item in attribute.findall("saml:AttributeValue", NAMES)[:50]]
        value: Any = values[0] if len(values) == 1 else values
        for name in {attribute.get("Name"), attribute.get("FriendlyName")} - {None, ""}:
            if name not in OURS:
                said.setdefault(str(name)[:200], value)
    folded = {name.lower(): value for name, value in said.items()}
    for ours, theirs in USUAL.items():
        known = next((folded[name] for name in theirs if folded.get(name)), None)
        if known:
            said[ours] = known
    return said


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = XS_TIME.fullmatch(text.strip())
    if found is None:
        raise Distrusted("time")
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        raise Distrusted("time") from None


def _text(node: Any) -> str:
    """Return the text of an element that holds nothing else."""
    if node is None or len(node):
        return ""
    return (node.text or "").strip()


def _quoted(text: str) -> str:
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(letter, name)
    return text
