"""Mail about our mail: that it did not arrive (RFC 3464, and what Japanese carriers write instead), or that somebody complained (ARF)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from kizuna.core.inbound.parsing import headers
from kizuna.core.inbound.parsing.parts import Leaf, parameter

BOUNCE, COMPLAINT = "bounce", "complaint"
FIRST = 60_000
_OURS = re.compile(r"<kizuna\.[a-z0-9-]{1,40}\.[0-9]{1,12}\.[0-9a-f]{16}@[A-Za-z0-9.-]{1,190}>")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+!#$&'*/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_RETURNED = re.compile(
    r"(?:undeliver|returned mail|delivery (?:status|fail|problem)|failure notice|mail delivery|mail system error|could not be delivered|"
    r"配信できません|配信不能|送信できません|エラーメール|未達|不達)",
    re.IGNORECASE,
)
_POSTMASTERS = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon|mailer|bounce[s]?)(?:[+@-]|$)", re.IGNORECASE)
# How carriers say that there is nobody: docomo, au, SoftBank, and the usual servers.
_NOBODY = re.compile(
    r"(?:unknown user|user unknown|no such (?:user|recipient|mailbox|address)|unknown address|address unknown|recipient address rejected|"
    r"mailbox unavailable|does(?:n't| not) exist|account is disabled|user\(s\) account is|invalid recipient|host unknown|domain not found|"
    r"宛先不明|アドレスが見つかりません|存在しません)",
    re.IGNORECASE,
)
_LATER = re.compile(r"(?:mailbox full|quota|over quota|temporar|try again|delayed|容量|一時的)", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """What became of a mail of ours, as another server tells it. `message_ids` are ours that the report quotes."""

    kind: str
    message_ids: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    status: str = ""
    detail: str = ""
    is_final: bool = True


def report_of(message: Message, leaves: list[Leaf], *, text: str, envelope_from: str) -> Report | None:
    """Return what a mail reports, or None when it is no report."""
    kind = parameter(message, "report-type")
    if kind == "feedback-report" or any(leaf.content_type == "message/feedback-report" for leaf in leaves):
        return _complaint(message)
    statuses = list(_status_blocks(message))
    if statuses:
        return _bounce(message, statuses, text=text)
    return _unwritten_rule(message, text=text, envelope_from=envelope_from)


def _complaint(message: Message) -> Report:
    fields = _parts_of(message, "message/feedback-report")
    recipients = [address for part in fields for _n, address in headers.addresses(part, "Original-Rcpt-To")]
    what = next((headers.header(part, "Feedback-Type") for part in fields), "") or "abuse"
    return Report(COMPLAINT, _quoted_ids(message), tuple(recipients), detail=what[:200])


def _bounce(message: Message, statuses: list[Message], *, text: str) -> Report:
    failed = [block for block in statuses if headers.header(block, "Action").lower() in ("failed", "")]
    shown = failed or statuses
    recipients: dict[str, None] = {}
    for block in shown:
        for name in ("Original-Recipient", "Final-Recipient"):
            value = headers.header(block, name).rpartition(";")[2].strip().strip("<>")
            if headers.is_address(value):
                recipients[value.lower()] = None
    diagnostic = next((said for block in shown if (said := headers.header(block, "Diagnostic-Code"))), "")
    status = next((said for block in shown if (said := headers.header(block, "Status"))), "") or _code_in(diagnostic)
    detail = f"{status} {diagnostic}".strip() or text[:200]
    return Report(
        BOUNCE, _quoted_ids(message), tuple(recipients), status=status[:12], detail=headers.one_line(detail)[:400],
        is_final=bool(failed) and _is_final(status, diagnostic),
    )  # fmt: skip


def _unwritten_rule(message: Message, *, text: str, envelope_from: str) -> Report | None:
    """Read a bounce that follows no standard, as some Japanese carriers and old servers write them."""
    sender = next((address for _name, address in headers.addresses(message, "From")), "")
    is_from_machine = envelope_from == "" or bool(_POSTMASTERS.match(sender))
    beginning = f"{headers.header(message, 'Subject')}\n{text[:FIRST]}"
    if not is_from_machine or not (_RETURNED.search(beginning) or _NOBODY.search(beginning)):
        return None
    ids = _quoted_ids(message)
    if not ids and not _RETURNED.search(headers.header(message, "Subject")):
        return None
    status = _code_in(text[:FIRST])
    found = _NOBODY.search(text[:FIRST])
    named = tuple(dict.fromkeys(address.lower() for address in _ADDRESS.findall(text[:FIRST])))[:20]
    is_final = bool(found) and not _LATER.search(text[:FIRST])
    line = next((line.strip() for line in text.split("\n") if _NOBODY.search(line)), text.strip()[:200])
    return Report(BOUNCE, ids, named, status=status, detail=headers.one_line(line)[:400], is_final=is_final)


def _is_final(status: str, diagnostic: str) -> bool:
    """Tell whether nothing will ever arrive there: nobody lives there, or the house is gone. A full box may be emptied."""
    if status.startswith("4") or _LATER.search(diagnostic):
        return False
    klass = ".".join(status.split(".")[1:])
    if klass.startswith("1.") or klass in {"2.1", "4.4"}:
        return True
    return bool(_NOBODY.search(diagnostic)) and not klass.startswith("7.")


def _code_in(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _status_blocks(message: Message) -> Iterator[Message]:
    """Yield the blocks about single recipients of every delivery status."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        payload = part.get_payload()
        for block in payload if isinstance(payload, list) else []:
            if not isinstance(block, Message):
                continue
            if "Final-Recipient" in block or "Original-Recipient" in block or "Action" in block:
                yield block


def _parts_of(message: Message, kind: str) -> list[Message]:
    """Return the parts of a kind as messages, whether the parser took them apart or left them as text."""
    found: list[Message] = []
    for part in message.walk():
        if part.get_content_type() != kind:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            found += [inner for inner in payload if isinstance(inner, Message)]
        else:
            raw = part.get_payload(decode=True)
            found.append(message_from_bytes(raw if isinstance(raw, bytes) else b""))
    return found


def _quoted_ids(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs of ours that stand anywhere in the report, the newest sort of quoting included."""
    found: dict[str, None] = {}
    for part in message.walk():
        if part is not message:
            for name in ("Message-ID", "References", "In-Reply-To"):
                found.update(dict.fromkeys(ours(" ".join(headers.raw_headers(part, name)))))
        if not part.is_multipart():
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                found.update(dict.fromkeys(ours(raw[:FIRST].decode("ascii", "ignore"))))
    for name in ("References", "In-Reply-To", "X-Failed-Message-Id"):
        found.update(dict.fromkeys(ours(" ".join(headers.raw_headers(message, name)))))
    return tuple(found)[:20]


def ours(text: str) -> list[str]:
    """Return what looks like Message-IDs of ours in a text."""
    return _OURS.findall(text)
