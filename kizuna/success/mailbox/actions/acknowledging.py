"""Tell a customer at once that their inquiry arrived: one mail for an inquiry, one a day for a sender."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from kizuna.core.inbound.queries import mail_of
from kizuna.core.members.models.member import normalised_email
from kizuna.core.notifications.actions.posting import enqueue_sending, write_correspondence
from kizuna.core.notifications.delivery.message import one_line
from kizuna.core.notifications.models import MailStop, OutgoingMail
from kizuna.success.inbox.models import Inquiry, InquiryMessage
from kizuna.success.mailbox import acknowledging, composing, queries
from kizuna.success.mailbox.actions.lines import note_line, reply_address
from kizuna.success.mailbox.models import Acknowledgement, MailLine, SupportAddress

KEY = "received"
ONCE_IN = timedelta(hours=24)
MOST_AN_HOUR = 200  # to senders who are not proven: whoever forges them uses us to write to others
CHANNELS = (Inquiry.Channel.MAIL, Inquiry.Channel.FORM, Inquiry.Channel.WIDGET)
WHAT_BECAME: dict[str, str] = {
    OutgoingMail.State.SENT: Acknowledgement.State.SENT,
    OutgoingMail.State.FAILED: Acknowledgement.State.FAILED,
    OutgoingMail.State.STOPPED: Acknowledgement.State.FAILED,
    OutgoingMail.Return.BOUNCED: Acknowledgement.State.RETURNED,
}
BY_MACHINE = {
    "Auto-Submitted": "auto-replied",
    "X-Auto-Response-Suppress": "All",
}


@transaction.atomic
def acknowledge(*, inquiry_id: int, now: datetime) -> Acknowledgement | None:
    """Write the mail that says that an inquiry was received, unless there is a reason not to. Returns what was written."""
    rows = Inquiry.objects.select_related("contact", "member", "account")
    inquiry = rows.filter(pk=inquiry_id, channel__in=CHANNELS, closed_at=None, first_response_at=None).first()
    if inquiry is None or inquiry.import_id is not None or inquiry.received_at < now - acknowledging.FRESH:
        return None
    first = inquiry.messages.exclude(arrival_key="").order_by("at", "pk").first()
    line = queries.last_in(inquiry.pk) if inquiry.channel == Inquiry.Channel.MAIL else None
    support = (line.support if line else None) or queries.default_support()
    if first is None or support is None or not (support.acknowledges and support.is_active):
        return None
    address, is_known = _addressed(inquiry, line, now=now)
    if not address or not acknowledging.is_writable(address) or not _may_write(address, is_known=is_known, now=now):
        return None
    return _written(inquiry, first, line, support, address, is_known=is_known, now=now)


def settle_acknowledgement(*, inquiry_id: int, fate: str, detail: str, now: datetime) -> None:
    """Note what became of the mail."""
    state = WHAT_BECAME.get(fate)
    if state is not None:
        known = Acknowledgement.objects.filter(inquiry_id=inquiry_id)
        known.update(state=state, error=detail[:400], settled_at=now)


def _addressed(inquiry: Inquiry, line: MailLine | None, *, now: datetime) -> tuple[str, bool]:
    """Return who wrote, and whether it is certain that it was them: never the address that they want answers at."""
    if inquiry.channel == Inquiry.Channel.MAIL:
        return _mailed(inquiry, line, now=now)
    if inquiry.member is not None:
        return inquiry.member.email or "", True
    return queries.answer_address(inquiry)[0], False


def _mailed(inquiry: Inquiry, line: MailLine | None, *, now: datetime) -> tuple[str, bool]:
    """Return the sender of a fresh mail that is proven, or that the sending machine named in the same way."""
    mail = mail_of(target_type="inquiry", target_id=inquiry.pk)
    if line is None or mail is None or (mail.sent_at and mail.sent_at < now - acknowledging.FRESH):
        return "", False
    is_same = normalised_email(mail.envelope_from) == line.address
    return line.address if line.is_proven or is_same else "", line.is_proven


def _may_write(address: str, *, is_known: bool, now: datetime) -> bool:
    """Tell whether nothing was sent there lately and nothing stops mail to it. Asked by one at a time."""
    SupportAddress.objects.select_for_update(of=("self",)).order_by("pk").first()
    key = normalised_email(address)
    lately = Acknowledgement.objects.filter(at__gt=now - ONCE_IN)
    if lately.filter(address_key=key).exists():
        return False
    if not is_known and lately.filter(at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return False
    return not MailStop.objects.filter(recipient__address_key=key, kind="").exists()


def _written(
    inquiry: Inquiry,
    first: InquiryMessage,
    line: MailLine | None,
    support: SupportAddress,
    address: str,
    *,
    is_known: bool,
    now: datetime,
) -> Acknowledgement | None:
    language = acknowledging.language_of(inquiry, first.body)
    with translation.override(language):
        promise = acknowledging.promise_of(
            due=inquiry.response_due_at, is_outside=inquiry.is_outside_hours, language=language
        )
        facts = acknowledging.facts_of(inquiry, promise=promise, language=language, is_known=is_known)
        text = composing.signed(
            addressee=acknowledging.addressee_of(inquiry, line.name if line else "")
            if is_known
            else composing.Addressee(),
            body=acknowledging.words_of(support, facts, language=language),
            signature=f"{support.name}\n{support.address}",
            language=language,
        )
        title = inquiry.title if is_known else facts["title"]
    made, is_new = Acknowledgement.objects.get_or_create(
        inquiry=inquiry, defaults={"address_key": normalised_email(address), "promise": promise[:200], "at": now}
    )
    if not is_new:
        return None
    answered = line.reference if line and line.reference.startswith("<") else ""
    mail = write_correspondence(
        key=f"{KEY}:{inquiry.pk}",
        address=address,
        subject=f"{composing.subject_of(one_line(title))} (#{inquiry.pk})",
        text=text,
        headers={
            **composing.references(queries.thread_of(inquiry.pk), answered=answered),
            **BY_MACHINE,
            "Reply-To": reply_address(support, inquiry_id=inquiry.pk, address=address, now=now),
        },
        sender=(support.name, support.address),
        now=now,
    )
    note_line(
        inquiry_id=inquiry.pk, reference=mail.message_id, direction=MailLine.Direction.OUT, address=address,
        message_pk=None, support=support, now=now,
    )  # fmt: skip
    enqueue_sending([mail.pk], priority=5)
    return made
