"""The door of the inbox that leads to mail: one row in the ledger of mail per delivery, sent under one Message-ID."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import DoorClosed
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.files.models import File
from kizuna.core.members.models.member import normalised_email
from kizuna.core.notifications.actions.posting import resume, write_correspondence
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import MailStop, OutgoingMail
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.mailbox import acknowledging, actions, composing, queries
from kizuna.success.mailbox.models import MailLine, SupportAddress

State = OutgoingMail.State
KEY = "inquiry"


class NotYet(Exception):
    """The mail server did not take it over for now; the same mail is tried again."""


def to_mail(*, delivery_id: int) -> None:
    """Send one answer. Called again after a crash or a refusal it goes on with the same mail."""
    mail = _written(delivery_id)
    if mail.state == State.SENT:
        return
    send_mails(mail_ids=[mail.pk])
    mail.refresh_from_db()
    if mail.state == State.SENT:
        return
    if mail.state in (State.FAILED, State.STOPPED):
        raise DoorClosed(mail.error or _("The mail server refused it."))
    raise NotYet(mail.error or "waiting")


def has_address(*, inquiry: Inquiry) -> bool:
    """Tell whether an answer can go out as mail: somebody to write to, and an address of ours to write from."""
    return bool(queries.answer_address(inquiry)[0]) and queries.default_support() is not None


def key_of(delivery_id: int) -> str:
    return f"{KEY}:{delivery_id}"


@transaction.atomic
def _written(delivery_id: int) -> OutgoingMail:
    """Return the mail of a delivery, written on the first call."""
    now = timezone.now()
    known = OutgoingMail.objects.select_for_update(of=("self",)).filter(key=key_of(delivery_id)).first()
    if known is not None and known.state in (State.WAITING, State.SENT):
        return known
    delivery = Delivery.objects.select_related(
        "message__inquiry__contact", "message__inquiry__account", "message__inquiry__member", "message__author"
    ).get(pk=delivery_id)
    message, inquiry = delivery.message, delivery.message.inquiry
    line = queries.last_in(inquiry.pk)
    address, name = queries.answer_address(inquiry)
    support = (line.support if line and line.support and line.support.is_active else None) or queries.default_support()
    if not address or support is None:
        raise DoorClosed(_("There is no address to answer to, or none to answer from."))
    _require_alive(address, line)
    text = _text(message, inquiry, support, line, name=name)
    if known is not None:  # given up before: tried again by hand
        resume(known, text=text, now=now)
        known.refresh_from_db()
        return known
    mail = write_correspondence(
        key=key_of(delivery_id),
        address=address,
        subject=composing.subject_of(inquiry.title),
        text=text,
        headers={
            **composing.references(
                queries.thread_of(inquiry.pk),
                answered=line.reference if line and line.reference.startswith("<") else "",
            ),
            "Reply-To": actions.reply_address(support, inquiry_id=inquiry.pk, address=address, now=now),
        },
        sender=(support.name, support.address),
        file_keys=_file_keys(message),
        now=now,
    )
    actions.note_line(
        inquiry_id=inquiry.pk, reference=mail.message_id, direction=MailLine.Direction.OUT, address=address,
        message_pk=message.pk, support=support, now=now,
    )  # fmt: skip
    return mail


def _text(
    message: InquiryMessage, inquiry: Inquiry, support: SupportAddress, line: MailLine | None, *, name: str
) -> str:
    answered = line.message if line else None
    language = acknowledging.language_of(inquiry, answered.body if answered else "")
    with translation.override(language):
        signature = queries.signature_of(message.author_id or 0) or _plain_signature(message, support)
    quoted = None
    if answered is not None and line is not None:
        quoted = composing.Quoted(
            answered.body, f"{line.name} <{line.address}>" if line.name else line.address, line.at
        )
    return composing.text_of(
        addressee=acknowledging.addressee_of(inquiry, name),
        body=message.body,
        signature=signature,
        quoted=quoted,
        language=language,
        zone=community.setting(keys.TIME_ZONE),
    )


def _plain_signature(message: InquiryMessage, support: SupportAddress) -> str:
    author = message.author.name if message.author else ""
    return "\n".join(filter(None, [support.name, author, support.address]))


def _require_alive(address: str, line: MailLine | None) -> None:
    """Refuse an address whose mail came back for good after its owner last wrote from it."""
    stops = MailStop.objects.filter(recipient__address_key=normalised_email(address), kind="")
    dead = stops.filter(reason=MailStop.Reason.BOUNCE).order_by("-at").first()
    if dead is not None and (line is None or line.at < dead.at):
        raise DoorClosed(_("Mail to this address came back: %(detail)s") % {"detail": dead.detail[:200]})


def _file_keys(message: InquiryMessage) -> list[str]:
    files = File.objects.filter(target_type="inquiry_message", target_id=message.pk, is_removed=False)
    return list(files.order_by("pk").values_list("key", flat=True))
