"""Whatever arrives, from whichever channel: once, in the right inquiry, whose clock then runs."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kizuna.core.activity.actions import record
from kizuna.core.activity.models import Activity
from kizuna.core.files import actions as files
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import STAFF, Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.inbox import activities, dues, people
from kizuna.success.inbox.actions.opening import opened, weighed
from kizuna.success.inbox.actions.writing import log, plans, tell, touch_message, touch_of_opening
from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryMessage

LONGEST = 200_000  # letters of one arrival; whoever brings it in keeps the original
LONGEST_TITLE = 200
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
IN = InquiryMessage.Direction.IN
STAYS_CLOSED = (Inquiry.Reason.SPAM,)


@dataclass(frozen=True)
class Arrival:
    """What came in. `external_id` names it outside (a Message-ID), (source_type, source_id) inside: both come in once.

    `caused_by` is what happened elsewhere that it came of; `continues` the inquiry it goes on with; `quoted` what stood below
    as a quotation; `files` keys that the system member (or the member who wrote) has stored. Texts are cut and cleaned here,
    never refused.
    """

    channel: str
    title: str
    body: str
    received_at: datetime
    account_id: int | None = None
    contact_id: int | None = None
    member_id: int | None = None
    sender: str = ""
    external_id: str = ""
    continues: int | None = None
    urgent: bool = False
    source_type: str = ""
    source_id: int | None = None
    files: Sequence[str] = ()
    quoted: str = ""
    category: str = ""
    caused_by: Activity | None = None


@dataclass(frozen=True)
class Received:
    """Where it went. `is_new` is False when it had come in before."""

    inquiry: Inquiry
    message: InquiryMessage | None
    is_new: bool


def receive(*, arrival: Arrival, now: datetime) -> Received:
    """Take an arrival in, as the system member. Twice, or two at once, is once."""
    if arrival.channel not in Inquiry.Channel.values:
        raise ValueError(f"There is no channel {arrival.channel!r}.")
    if known := _known(arrival):
        return known
    try:
        with transaction.atomic():
            return _taken_in(arrival, viewer=system_viewer(), now=now)
    except IntegrityError:
        if known := _known(arrival):  # another worker was faster
            return known
        raise


@transaction.atomic
def blank_message(*, external_id: str, said: str, now: datetime) -> bool:
    """Take the words and files off a message that its writer called back; say whether there was one."""
    message = InquiryMessage.objects.select_for_update(of=("self",)).filter(arrival_key=key_of(external_id)).first()
    if message is None or not external_id:
        return False
    message.body, message.quoted = said, ""
    message.save(update_fields=["body", "quoted"])
    files.remove_attached(target_type="inquiry_message", target_ids=[message.pk])
    inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=message.inquiry_id)
    if inquiry.messages.order_by("at", "pk").first() == message:
        inquiry.title = said  # it was cut from these words
        customers.remove_touchpoint(key=f"inquiry:{inquiry.pk}")
        if inquiry.account_id:
            customers.write_touchpoints([touch_of_opening(inquiry, said)])
    else:
        customers.remove_touchpoint(key=f"inquiry-message:{message.pk}")
        touch_message(inquiry, message, at=message.at)
    inquiry.updated_at = now
    inquiry.save(update_fields=["title", "updated_at"])
    return True


def key_of(external_id: str) -> str:
    """Return by what an arrival is known, however long its outside id is."""
    return hashlib.sha256(external_id.encode("utf-8", "replace")).hexdigest() if external_id else ""


def clean(text: str, *, longest: int = LONGEST) -> str:
    """Return a text that can be stored: without control characters and halves of letters, and not too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text).encode("utf-8", "replace").decode().strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def clean_line(text: str, *, longest: int) -> str:
    return clean(" ".join(text.split()), longest=longest)


def _known(arrival: Arrival) -> Received | None:
    if key := key_of(arrival.external_id):
        message = InquiryMessage.objects.select_related("inquiry").filter(arrival_key=key).first()
        if message is not None:
            return Received(message.inquiry, message, is_new=False)
    if arrival.source_type and arrival.continues is None:
        source = {"source_type": arrival.source_type, "source_id": arrival.source_id}
        inquiry = Inquiry.objects.filter(**source).first()
        if inquiry is not None:
            return Received(inquiry, inquiry.messages.order_by("at", "pk").first(), is_new=False)
    return None


def _taken_in(arrival: Arrival, *, viewer: Viewer, now: datetime) -> Received:
    inquiry = None
    if arrival.continues is not None:
        inquiry = Inquiry.objects.select_for_update(of=("self",)).filter(pk=arrival.continues).first()
    if inquiry is None:
        inquiry = _new(arrival, viewer=viewer, now=now)
        message = _message(inquiry, arrival, now=now)
        if inquiry.account_id:
            customers.write_touchpoints([touch_of_opening(inquiry, message.body)])
        record(activities.INQUIRY_OPENED, caused_by=arrival.caused_by, **opened(inquiry, viewer=viewer, at=now))
    else:
        message = _message(inquiry, arrival, now=now)
        inquiry = _go_on(inquiry, message, viewer=viewer, now=now, caused_by=arrival.caused_by)
    _keep_files(arrival, message, viewer)
    return Received(inquiry, message, is_new=True)


def _new(arrival: Arrival, *, viewer: Viewer, now: datetime) -> Inquiry:
    received_at = min(arrival.received_at, now)
    body = clean(arrival.body)
    title = clean_line(arrival.title, longest=LONGEST_TITLE) or clean_line(body[:300], longest=60) or _("No subject")
    inquiry = Inquiry(
        title=title,
        channel=arrival.channel,
        category=clean_line(arrival.category, longest=80),
        sender=clean_line(arrival.sender, longest=254),
        received_at=received_at,
        last_in_at=received_at,
        source_type=arrival.source_type,
        source_id=arrival.source_id,
        is_outside_hours=dues.is_outside(received_at),
        created_at=now,
        updated_at=now,
        **_links(arrival, viewer=viewer, at=received_at),
    )
    bought = plans(inquiry, now=now)
    weight = weighed(inquiry, f"{title}\n{body}", is_said=arrival.urgent, bought=bought)
    inquiry.urgency, inquiry.urgent_because = weight.score, weight.because
    if weight.is_pressing:
        inquiry.priority = Inquiry.Priority.URGENT
    dues.set_dues(inquiry, plans=bought)
    inquiry.save(force_insert=True)
    return inquiry


def _links(arrival: Arrival, *, viewer: Viewer, at: datetime) -> dict[str, int | None]:
    """Return whose it is. What does not fit together is left to people: an arrival is never turned away for it."""
    said = {"account_id": arrival.account_id, "contact_id": arrival.contact_id, "member_id": arrival.member_id}
    try:
        links = people.completed(viewer=viewer, at=at, **said)
    except Refused:
        links = {**dict.fromkeys(said), "member_id": arrival.member_id}
    return {name: links[name] for name in said}


def _message(inquiry: Inquiry, arrival: Arrival, *, now: datetime) -> InquiryMessage:
    key = key_of(arrival.external_id)
    return InquiryMessage.objects.create(
        inquiry=inquiry,
        direction=IN,
        contact_id=arrival.contact_id or inquiry.contact_id,
        sender=clean_line(arrival.sender, longest=254),
        body=clean(arrival.body),
        quoted=clean(arrival.quoted),
        external_id=clean_line(arrival.external_id, longest=255),
        arrival_key=key,
        at=min(arrival.received_at, now),
    )


def _go_on(
    inquiry: Inquiry, message: InquiryMessage, *, viewer: Viewer, now: datetime, caused_by: Activity | None
) -> Inquiry:
    """Let an inquiry go on with what the customer wrote: it is our turn again, unless it was closed as spam."""
    inquiry.last_in_at, inquiry.updated_at = message.at, now
    was_closed = inquiry.is_closed
    bought = plans(inquiry, now=now)
    if inquiry.closed_because not in STAYS_CLOSED:
        if inquiry.state != Inquiry.State.HANDED:
            inquiry.state = Inquiry.State.OPEN
        inquiry.snoozed_until = inquiry.closed_at = None
        inquiry.closed_because, inquiry.same_as_id = "", None
        dues.resume(inquiry, plans=bought, now=now)
        dues.settle(inquiry, answer_by=dues.answer_due(inquiry, plans=bought, now=now))
    inquiry.save()
    what = InquiryChange.What.REOPENED if was_closed and not inquiry.is_closed else InquiryChange.What.RECEIVED
    log(inquiry, what, viewer=viewer, now=now, props={"message": message.pk})
    touch_message(inquiry, message, at=message.at)
    props = {"message": message.pk, "reopened": what == InquiryChange.What.REOPENED}
    tell(activities.INQUIRY_RECEIVED, inquiry, viewer=viewer, now=now, props=props, caused_by=caused_by)
    return inquiry


def _keep_files(arrival: Arrival, message: InquiryMessage, viewer: Viewer) -> None:
    for uploader_id in {viewer.member_id, arrival.member_id} - {None}:
        files.attach(
            keys=arrival.files,
            uploader_id=uploader_id,
            target_type="inquiry_message",
            target_id=message.pk,
            audience_id=STAFF,
            container_audience_id=STAFF,
        )
