"""Keep a mail as it came: bytes on the disk first, then its row and the job in one transaction. Then it may be acknowledged."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.inbound import parsing, storage
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.settings import LARGEST_MAIL, MOST_FROM_ONE_SENDER, MOST_WAITING

TAKE = "inbound.take"
_CHANGED_ON_THE_WAY = re.compile(
    rb"^(?:received|return-path|delivered-to|authentication-results|arc-[a-z-]+|x-[a-z0-9-]+|dkim-signature)\s*:",
    re.IGNORECASE,
)


class NotTaken(Exception):
    """The mail was not kept and may be sent again later, or never when `is_final`."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


def keep(*, raw: bytes, recipient: str, envelope_from: str, door: str, now: datetime) -> InboundMail:
    """Return the row of a mail that is safe from now on. The same mail again is the same row. Raises NotTaken."""
    if len(raw) > LARGEST_MAIL:
        raise NotTaken("too large", is_final=True)
    message_id = parsing.message_id_of(raw)
    content = content_hash(raw)
    address = recipient.strip().lower()[:254]
    key = _key(message_id, content, address)
    if known := InboundMail.objects.filter(message_key=key, recipient=address).first():
        return known
    _require_room(envelope_from, now=now)
    raw_key = secrets.token_hex(16)
    try:
        storage.write(raw_key, raw)
    except storage.NoRoom:
        raise NotTaken("no room") from None
    row = InboundMail(
        door=door,
        recipient=address,
        envelope_from=_plain(envelope_from)[:254],
        message_id=message_id,
        message_key=key,
        content_hash=content,
        raw_key=raw_key,
        size_bytes=len(raw),
        received_at=now,
    )
    try:
        _write(row)
    except IntegrityError:  # the same mail by another connection at the same moment
        storage.remove(raw_key)
        return InboundMail.objects.get(message_key=key, recipient=address)
    return row


def content_hash(raw: bytes) -> str:
    """Return a hash of what of a mail stays the same on its way: its text and the headers that no server touches."""
    head, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept, is_kept = [], True
    for line in head.split(b"\n"):
        if not line[:1].isspace():
            is_kept = not _CHANGED_ON_THE_WAY.match(line)
        if is_kept:
            kept.append(line)
    return hashlib.sha256(b"\n".join(kept) + b"\n\n" + body.rstrip(b"\n")).hexdigest()


@transaction.atomic
def _write(row: InboundMail) -> None:
    row.save(force_insert=True)
    enqueue(TAKE, args={"mail": row.pk})


def _key(message_id: str, content: str, address: str) -> str:
    """Return under what a mail is kept once: its Message-ID, unless another mail took that number before."""
    if not message_id:
        return f"#{content}"
    first = InboundMail.objects.filter(message_key=message_id, recipient=address).values_list("content_hash", flat=True)
    taken_by = next(iter(first), content)
    return message_id if taken_by == content else f"{message_id}#{content[:32]}"


def _require_room(envelope_from: str, *, now: datetime) -> None:
    if InboundMail.objects.filter(state=InboundMail.State.WAITING).count() >= MOST_WAITING:
        raise NotTaken("too many mails wait")
    if envelope_from:
        lately = InboundMail.objects.filter(
            received_at__gt=now - timedelta(hours=1), envelope_from=_plain(envelope_from)
        )
        if lately.count() >= MOST_FROM_ONE_SENDER:
            raise NotTaken("too many mails from this sender")


def _plain(address: str) -> str:
    return "".join(letter for letter in address if letter.isprintable()).strip().lower()
