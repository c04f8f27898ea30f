"""Which mail belongs to which inquiry."""

from datetime import datetime

from kizuna.core.members.hashing import hashed
from kizuna.core.members.models.member import normalised_email
from kizuna.success.inbox.models import InquiryMessage
from kizuna.success.mailbox.models import InquiryKey, MailLine, SupportAddress
from kizuna.success.mailbox.queries import key_of


def note_line(
    *,
    inquiry_id: int,
    reference: str,
    direction: str,
    address: str,
    message_pk: int | None,
    support: SupportAddress | None,
    now: datetime,
    name: str = "",
    answer_to: str = "",
    is_proven: bool = False,
) -> None:
    """Write down a mail of an inquiry, once."""
    MailLine.objects.get_or_create(
        inquiry_id=inquiry_id,
        reference=reference[:255],
        direction=direction,
        defaults={
            "message": InquiryMessage.objects.filter(pk=message_pk).first() if message_pk else None,
            "address": normalised_email(address)[:254],
            "answer_to": answer_to[:254],
            "name": name[:200],
            "is_proven": is_proven,
            "support": support,
            "at": now,
        },
    )


def reply_address(support: SupportAddress, *, inquiry_id: int, address: str, now: datetime) -> str:
    """Return where the customer's answer goes: with a key of its own where mail to such addresses arrives."""
    if not support.has_tags:
        return support.address
    key = key_of(inquiry_id, address)
    InquiryKey.objects.get_or_create(
        token_hash=hashed(key),
        defaults={"inquiry_id": inquiry_id, "address": normalised_email(address)[:254], "created_at": now},
    )
    local, _at, host = support.address.rpartition("@")
    return f"{local}+{key}@{host}"
