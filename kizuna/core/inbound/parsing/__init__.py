"""Take a mail apart. Pure: bytes in, a frozen record out; no database, no network, and no mail that makes it raise."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from kizuna.core.inbound.parsing import automatic, bodies, headers, quotes, reports
from kizuna.core.inbound.parsing.parts import Leaf, Unreadable, leaves, require_sane
from kizuna.core.inbound.parsing.reports import Report

MOST_FILES = 20
_FOLLOWS = ("text/plain", "text/html")


@dataclass(frozen=True)
class Enclosed:
    """A file in a mail as it came: neither its name nor its type is believed."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Parsed:
    """A mail, taken apart."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    answer: str = ""
    signature: str = ""
    quoted: str = ""
    is_from_html: bool = False
    files: tuple[Enclosed, ...] = ()
    files_left_out: int = 0
    automatic: str = ""
    wants_no_answer: bool = False
    report: Report | None = None

    @property
    def thread(self) -> tuple[str, ...]:
        """Return what this mail answers, the nearest first."""
        return tuple(dict.fromkeys([*reversed(self.in_reply_to), *reversed(self.references)]))


def message_id_of(raw: bytes) -> str:
    """Return the Message-ID alone, for telling a mail from its copies; "" when there is none."""
    head = raw[:100_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = headers.message_ids(message_from_bytes(head + b"\n\n"), "Message-ID")
    return found[0] if found else ""


def parse(raw: bytes, *, envelope_from: str = "unknown", own_mark: str = "") -> Parsed:
    """Return the mail that these bytes are. Raises Unreadable when they cannot be taken apart within the limits."""
    require_sane(raw)
    try:
        message = message_from_bytes(raw)
        found = leaves(message)
        return _parsed(message, found, envelope_from=envelope_from, own_mark=own_mark)
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _parsed(message: Message, found: list[Leaf], *, envelope_from: str, own_mark: str) -> Parsed:
    text, is_from_html = bodies.text_of(found)
    split = quotes.split(text)
    subject = headers.header(message, "Subject")[:300]
    name, address = next(iter(headers.addresses(message, "From")), ("", ""))
    enclosed = [leaf for leaf in found if not (leaf.is_inline and leaf.content_type in _FOLLOWS)]
    files = [_enclosed(leaf) for leaf in enclosed[:MOST_FILES] if _is_file(leaf)]
    report = reports.report_of(message, found, text=text, envelope_from=envelope_from)
    return Parsed(
        message_id=next(iter(headers.message_ids(message, "Message-ID")), ""),
        in_reply_to=headers.message_ids(message, "In-Reply-To"),
        references=headers.message_ids(message, "References"),
        from_name=name[:200],
        from_address=address,
        reply_to=next((address for _name, address in headers.addresses(message, "Reply-To")), ""),
        recipients=tuple(
            dict.fromkeys(
                address.lower() for field in ("To", "Cc") for _name, address in headers.addresses(message, field)
            )
        ),
        subject=subject,
        sent_at=headers.date(message),
        text=text,
        answer=split.answer,
        signature=split.signature,
        quoted=split.quoted,
        is_from_html=is_from_html,
        files=tuple(files),
        files_left_out=max(0, len(enclosed) - MOST_FILES),
        automatic=automatic.why_automatic(message, subject=subject, envelope_from=envelope_from, own_mark=own_mark),
        wants_no_answer=automatic.wants_no_answer(message),
        report=report,
    )


def _is_file(leaf: Leaf) -> bool:
    return leaf.content_type not in {"message/delivery-status", "message/feedback-report", "text/rfc822-headers"}


def _enclosed(leaf: Leaf) -> Enclosed:
    if leaf.content_type == "message/rfc822":
        payload = leaf.message.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        text = _as_text(inner) if isinstance(inner, Message) else ""
        return Enclosed(leaf.name or "mail.txt", text.encode())
    return Enclosed(leaf.name or "file", leaf.content())


def _as_text(message: Message) -> str:
    """Return a mail that is enclosed in another as plain text: who, when, what."""
    head = [f"{name}: {said}" for name in ("From", "Date", "Subject") if (said := headers.header(message, name))]
    return "\n".join([*head, "", bodies.text_of(leaves(message))[0]])


__all__ = ["Enclosed", "Parsed", "Report", "Unreadable", "message_id_of", "parse"]
