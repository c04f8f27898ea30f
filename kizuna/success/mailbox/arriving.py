"""Mail to a support address becomes an inquiry, or goes on with the one it answers."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import MailRoute
from kizuna.core.inbound.arrivals import Arrived, State, Taken
from kizuna.core.inbound.parsing.automatic import LOOP
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.queries import member_by_email
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Contact
from kizuna.success.inbox.actions import Arrival, add_note, receive
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import actions, queries
from kizuna.success.mailbox.composing import subject_of
from kizuna.success.mailbox.models import MailLine

CHANNEL = "mail"


def wants(*, address: str) -> bool:
    """Tell whether mail to this address is for the team."""
    return queries.support_of(address) is not None


def hosts() -> Iterator[str]:
    yield from queries.support_hosts()


def uploader(*, arrived: Arrived) -> Viewer | None:
    """Return to whom enclosed files belong until they are in an inquiry."""
    return system_viewer()


def take(*, arrived: Arrived, now: datetime) -> Taken:
    """Take a mail in. Its sender is somebody we know only when it is proven that it is theirs."""
    support = queries.support_of(arrived.recipient)
    if support is None:
        return Taken(State.NOBODY, "no_route")
    address = normalised_email(arrived.from_address)
    if address in queries.own_addresses():
        return Taken(State.ASIDE, LOOP)
    continues = _current(
        queries.inquiry_answered(tag=_tag(arrived, support.address_key), thread=arrived.parsed.thread, address=address)
    )
    contact_id, member_id = _known(address) if arrived.proof.is_own else (None, None)
    name = arrived.message_id or f"#mail-{arrived.mail_id}"
    arrival = Arrival(
        channel=CHANNEL,
        title=subject_of(arrived.parsed.subject).removeprefix("Re: ") if arrived.parsed.subject else "",
        body=_body(arrived),
        received_at=arrived.received_at,
        contact_id=contact_id,
        member_id=member_id,
        sender=_sender(arrived),
        external_id=name,
        continues=continues,
        files=arrived.file_keys,
        quoted=_quoted(arrived),
        category=support.category,
    )
    received = receive(arrival=arrival, now=now)
    if received.is_new:
        _note_refused_files(arrived, received.inquiry, now=now)
    actions.note_line(
        inquiry_id=received.inquiry.pk, reference=name, direction=MailLine.Direction.IN, address=address,
        message_pk=received.message.pk if received.message else None, support=support, now=now,
        name=arrived.parsed.from_name, answer_to=_answer_to(arrived), is_proven=arrived.proof.is_own,
    )  # fmt: skip
    return Taken(target_type="inquiry", target_id=received.inquiry.pk)


def _tag(arrived: Arrived, address_key: str) -> str:
    """Return the key in the recipient's address, unless the plus sign is part of the support address itself."""
    return "" if arrived.recipient == address_key else arrived.tag


def _current(inquiry_id: int | None) -> int | None:
    """Return the inquiry that lives on, where this one was closed as the same as another."""
    if inquiry_id is None:
        return None
    same = Inquiry.objects.filter(pk=inquiry_id).values_list("same_as_id", flat=True).first()
    return same or inquiry_id


def _known(address: str) -> tuple[int | None, int | None]:
    """Return the contact and the member whose own address this is."""
    contact = Contact.objects.filter(email_key=address).only("pk", "member_id").first() if address else None
    if contact is not None:
        return contact.pk, contact.member_id
    member = member_by_email(address)
    return None, member.pk if member is not None and member.is_active else None


def _sender(arrived: Arrived) -> str:
    if arrived.proof.is_own:
        return arrived.sender
    return _("%(sender)s (sender not proven)") % {"sender": arrived.sender[:200]}


def _answer_to(arrived: Arrived) -> str:
    """Return where the sender wants the answer, when that is another address than their own."""
    wanted = arrived.parsed.reply_to
    own = queries.own_addresses()
    if (
        not wanted
        or normalised_email(wanted) in own
        or normalised_email(wanted) == normalised_email(arrived.from_address)
    ):
        return ""
    return wanted


def _body(arrived: Arrived) -> str:
    parsed = arrived.parsed
    return (parsed.answer or parsed.text).strip() or _("(no text)")


def _note_refused_files(arrived: Arrived, inquiry: Inquiry, *, now: datetime) -> None:
    """Tell the team which files were not kept, apart from what the customer wrote."""
    if not arrived.files_refused:
        return
    lines = [f"- {name}: {reason}" for name, reason in arrived.files_refused]
    body = "\n".join([_("Files that were not kept:"), "", *lines])
    add_note(viewer=system_viewer(), inquiry=inquiry, body=body, now=now)


def _quoted(arrived: Arrived) -> str:
    parsed = arrived.parsed
    return "\n\n".join(filter(None, [parsed.signature, parsed.quoted]))


ROUTE = MailRoute("support", gettext_lazy("Support addresses"), wants, take, uploader, hosts)
