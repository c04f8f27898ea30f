"""Whether the address in From is the sender's own: signatures (DKIM) and what a trusted receiver in front found out.

Asked outside of any transaction, because it asks DNS. What cannot be asked counts as unproven, never as proven.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

import dkim

from kizuna.base.outbound import Unreachable, txt_records
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.parsing import headers

Proof = InboundMail.Proof
TXT = Callable[[bytes], bytes | None]
MOST_SIGNATURES = 5
DNS_SECONDS = 4
WEAKEST_KEY = 1024
_RESULT = re.compile(r"\b(dkim|spf|dmarc)\s{0,3}=\s{0,3}([a-z]{2,12})([^;]{0,600})", re.IGNORECASE)
_DOMAIN = re.compile(r"header\.(?:d|i|from)\s{0,3}=\s{0,3}[^\s;@]{0,80}?@?([A-Za-z0-9.-]{1,190})")
_MAIL_FROM = re.compile(r"smtp\.mailfrom\s{0,3}=\s{0,3}\"?(?:[^\s;@\"]{0,80}@)?([A-Za-z0-9.-]{1,190})", re.IGNORECASE)


@dataclass(frozen=True)
class Proven:
    """What was found out. `is_own`: the address in From may be taken for the sender's."""

    dkim: str = Proof.NONE
    spf: str = Proof.NONE
    is_own: bool = False
    detail: str = ""


def prove(raw: bytes, *, from_address: str, receiver: str, txt: TXT | None = None) -> Proven:
    """Return what signatures and the trusted receiver say about the sender. `txt` asks DNS for a text record."""
    domain = headers.domain_of(from_address)
    message = message_from_bytes(raw)
    is_one = len(list(headers.raw_headers(message, "From"))) == 1 and len(headers.addresses(message, "From")) == 1
    if not domain or not is_one:
        return Proven(detail="no single sender")
    signed, signer = _signatures(raw, domain=domain, txt=txt or ask_dns)
    told = _results(message, receiver=receiver) if receiver else {}
    spf, spf_domain = told.get("spf", (Proof.NONE, ""))
    for method, (verdict, about) in told.items():
        if verdict == Proof.PASS and (about == domain if method == "dmarc" else is_aligned(about, domain)):
            is_dkim = signed == Proof.PASS or method == "dkim"
            return Proven(
                Proof.PASS if is_dkim else signed, spf, True, f"{method} {about or domain} ({receiver})"[:200]
            )
    if signer:
        return Proven(Proof.PASS, spf, True, f"dkim {signer}"[:200])
    return Proven(signed, spf, False, f"spf {spf_domain}" if spf_domain else "")


def is_aligned(signer: str, domain: str) -> bool:
    """Tell whether a domain may speak for another: the same, or one it lies under. Ends such as co.jp speak for nobody."""
    signer, domain = signer.lower().rstrip("."), domain.lower().rstrip(".")
    return signer == domain or (domain.endswith(f".{signer}") and not _is_ending(signer))


def ask_dns(name: bytes) -> bytes | None:
    """Return the text record of a name, None when there is none. Raises OSError when it cannot be asked."""
    try:
        records = txt_records(name.decode("ascii", "ignore").rstrip("."))
    except Unreachable as error:
        raise OSError(str(error)) from error
    return records[0].encode() if records else None


def _signatures(raw: bytes, *, domain: str, txt: TXT) -> tuple[str, str]:
    """Return (the best verdict of all signatures, the domain that signed and may speak for the sender's)."""
    message = message_from_bytes(raw)
    count = sum(1 for _ in headers.raw_headers(message, "DKIM-Signature"))
    best = Proof.NONE
    for index in range(min(count, MOST_SIGNATURES)):
        verdict, signer = _verified(raw, index, txt)
        if verdict == Proof.PASS and is_aligned(signer, domain):
            return Proof.PASS, signer
        if best in (Proof.NONE, Proof.UNKNOWN):
            best = Proof.FAIL if verdict == Proof.PASS else Proof(verdict)
    return best, ""


def _verified(raw: bytes, index: int, txt: TXT) -> tuple[str, str]:
    verifier = dkim.DKIM(raw, minkey=WEAKEST_KEY, timeout=DNS_SECONDS)
    unreachable = False

    def ask(name: bytes, timeout: int = DNS_SECONDS) -> bytes | None:
        nonlocal unreachable
        try:
            return txt(name)
        except OSError:
            unreachable = True
            return None

    try:
        is_right = verifier.verify(index, dnsfunc=ask)
    except Exception:  # a broken signature is one that proves nothing
        is_right = False
    if not is_right:
        return (Proof.UNKNOWN if unreachable else Proof.FAIL), ""
    signed = {name.lower() for name, _value in verifier.signed_headers or []}
    # A signature over a part of the body (l=) lets anybody add to it, one without From says nothing of it.
    if b"l" in (verifier.signature_fields or {}) or b"from" not in signed:
        return Proof.FAIL, ""
    return Proof.PASS, (verifier.domain or b"").decode("ascii", "ignore").lower()


def _results(message: Message, *, receiver: str) -> dict[str, tuple[str, str]]:
    """Return {method: (verdict, domain)} of the topmost results by that receiver: what stands below, anybody may have written."""
    for value in headers.raw_headers(message, "Authentication-Results"):
        name = re.split(r"[;\s]", value.strip(), maxsplit=1)[0].lower()
        if name != receiver:
            continue
        found: dict[str, tuple[str, str]] = {}
        for method, verdict, rest in _RESULT.findall(_without_comments(value)):
            about = (_MAIL_FROM if method.lower() == "spf" else _DOMAIN).search(rest)
            said = Proof.PASS if verdict.lower() == "pass" else Proof.FAIL
            if verdict.lower() in {"none", "neutral", "temperror"}:
                said = Proof.NONE if verdict.lower() != "temperror" else Proof.UNKNOWN
            if found.get(method.lower(), ("",))[0] != Proof.PASS:
                found[method.lower()] = (said, about[1].lower() if about else "")
        return found
    return {}


def _without_comments(value: str) -> str:
    return re.sub(r"\([^()]{0,400}\)|\"[^\"]{0,400}\"", " ", value)


def _is_ending(name: str) -> bool:
    labels = name.split(".")
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL)


_SECOND_LEVEL = frozenset("co ne or go ac ad ed gr lg com net org gov edu".split())
