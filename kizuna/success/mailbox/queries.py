"""Support addresses, threads of mail, signatures and templates."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from kizuna.base import hosting
from kizuna.base.registry import HiddenTemplates, of
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.delivery import transport
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.policies import require_reader
from kizuna.success.mailbox.models import InquiryKey, MailLine, ReplyTemplate, Signature, SupportAddress

KEY_BYTES = 16
IN, OUT = MailLine.Direction.IN, MailLine.Direction.OUT


def support_of(address: str) -> SupportAddress | None:
    """Return the support address that mail to `address` is for; what stands behind a plus sign is its key."""
    local, _at, host = address.strip().lower().rpartition("@")
    active = SupportAddress.objects.filter(is_active=True)
    found = active.filter(address_key=f"{local}@{host}").first()
    if found is None and "+" in local:
        found = active.filter(address_key=f"{local.partition('+')[0]}@{host}").first()
    return found


def support_hosts() -> list[str]:
    """Return the hosts of all support addresses in use."""
    keys = SupportAddress.objects.filter(is_active=True).values_list("address_key", flat=True)
    return sorted({key.rpartition("@")[2] for key in keys})


def own_addresses() -> set[str]:
    """Return every address that we write from: mail from there is our own."""
    known = set(SupportAddress.objects.values_list("address_key", flat=True))
    try:
        known.add(transport.sender_address().lower())
    except transport.BadMailURL:
        pass
    return known


def default_support() -> SupportAddress | None:
    return SupportAddress.objects.filter(is_active=True).order_by("position", "pk").first()


def acknowledges_anything() -> bool:
    """Tell whether any support address says that an inquiry was received."""
    return SupportAddress.objects.filter(is_active=True, acknowledges=True).exists()


def addresses_for(viewer: Viewer) -> QuerySet[SupportAddress]:
    """Return the support addresses, those in use first."""
    require_manager(viewer)
    return SupportAddress.objects.select_related("changed_by").order_by("-is_active", "position", "pk")


def address_for(viewer: Viewer, address_id: int) -> SupportAddress:
    found = addresses_for(viewer).filter(pk=address_id).first()
    if found is None:
        raise Http404
    return found


def key_of(inquiry_id: int, address: str) -> str:
    """Return the key of the address at which a reader answers in an inquiry; derived, so never stored."""
    words = f"inquiry:{hosting.current().slug}:{inquiry_id}:{normalised_email(address)}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).digest()[:KEY_BYTES].hex()


def inquiry_answered(*, tag: str, thread: Iterable[str], address: str) -> int | None:
    """Return the inquiry that a mail goes on with.

    By the key in its address, by a Message-ID of ours, which nobody guesses, or by one of the sender's own earlier mails.
    """
    if tag and (key := InquiryKey.objects.filter(token_hash=hashed(tag)).first()):
        return key.inquiry_id
    ids = list(thread)[:60]
    lines = MailLine.objects.filter(reference__in=ids)
    ours = lines.filter(direction=OUT).order_by("-pk").values_list("inquiry_id", flat=True).first()
    if ours is not None:
        return ours
    own = lines.filter(direction=IN, address=normalised_email(address)).order_by("-pk")
    return own.values_list("inquiry_id", flat=True).first()


def last_in(inquiry_id: int) -> MailLine | None:
    """Return the latest mail of the customer in an inquiry."""
    lines = MailLine.objects.select_related("support", "message").filter(inquiry_id=inquiry_id, direction=IN)
    return lines.order_by("-pk").first()


def thread_of(inquiry_id: int) -> list[str]:
    """Return the Message-IDs of an inquiry, the oldest first, as many as a header can hold."""
    lines = MailLine.objects.filter(inquiry_id=inquiry_id, reference__startswith="<").order_by("pk")
    known = list(lines.values_list("reference", flat=True))
    return [*known[:1], *known[1:][-18:]]


def signature_of(member_id: int) -> str:
    return Signature.objects.filter(member_id=member_id).values_list("text", flat=True).first() or ""


def templates_for(viewer: Viewer) -> QuerySet[ReplyTemplate]:
    """Return the templates in use, by name."""
    require_reader(viewer)
    rows = ReplyTemplate.objects.select_related("changed_by").filter(is_archived=False)
    for hidden in of(HiddenTemplates):
        rows = rows.exclude(pk__in=hidden.ids(viewer=viewer))
    return rows.order_by("name", "pk")


def template_for(viewer: Viewer, template_id: int) -> ReplyTemplate:
    found = templates_for(viewer).filter(pk=template_id).first()
    if found is None:
        raise Http404
    return found


def answer_address(inquiry: Inquiry) -> tuple[str, str]:
    """Return (address, name) to which an answer by mail goes; ("", "") when none is known."""
    line = last_in(inquiry.pk)
    if line is not None:
        return line.answer_to or line.address, line.name
    return _address_in(inquiry)


def _address_in(inquiry: Inquiry) -> tuple[str, str]:
    name, _gap, rest = inquiry.sender.rpartition("<")
    address = (rest.partition(">")[0] if name or "<" in inquiry.sender else inquiry.sender).strip()
    if address.count("@") == 1 and not any(letter.isspace() or letter in ',;:"()' for letter in address):
        return address, name.strip()
    if inquiry.contact is not None and inquiry.contact.email:
        return inquiry.contact.email, ""
    return "", ""
