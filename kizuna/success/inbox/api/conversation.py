"""What is written in an inquiry: messages, answers with their half minute, notes."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.moments import Moment
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.success.customers import seeing
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Delivery, InquiryMessage
from kizuna.success.inbox.policies import require_reader, require_worker

router = Router()
STATES = (
    "`held`, `sending`, `sent`, `failed` or `taken_back`; empty for what came in, notes, and answers given elsewhere."
)


class MessageOut(Schema):
    id: int
    direction: str = Field(description="`in` from the customer, `out` to the customer, `internal` among the team.")
    author: str = Field(description="The handle of whoever of the team wrote it, or empty.")
    sender: str | None = Field(
        description="Who wrote, as the channel knows them; null where contact details are hidden."
    )
    body: str
    quoted: str = Field(description="What was quoted below.")
    at: datetime
    delivery: str = Field(description=STATES)
    send_at: datetime | None = Field(description="When an answer goes out; until then it can be taken back.")
    error: str = Field(description="Why an answer could not be sent.")


class MessagePage(PageOut):
    items: list[MessageOut]


class MessageIn(Input):
    body: str
    sender: str = ""
    received_at: Moment | None = Field(None, description="Now, when it is not given.")
    external_id: str = Field("", description="Your name of this message: it comes in once.")


class ReplyIn(Input):
    body: str
    next_state: str = Field(
        "waiting", description="What it is after sending: `waiting`, `open`, `snoozed` or `closed`."
    )
    snooze_until: Moment | None = Field(None, description="When it comes back, for `snoozed`.")
    seen: int | None = Field(None, description="The last message you saw: refused when somebody wrote since.")


class NoteIn(Input):
    body: str = Field(description="@handle calls a colleague.")


@router.get("/inquiries/{id:inquiry_id}/messages", response=MessagePage, exclude_unset=True, summary="List messages")
def list_messages(request: Request, inquiry_id: int, page: Query[PageQuery]) -> dict[str, Any]:
    """List what was written in an inquiry, the first first; notes of the team too."""
    require_reader(request.viewer)
    inquiry = queries.inquiry_for(request.viewer, inquiry_id)
    rows = inquiry.messages.select_related("author", "delivery")
    return page_of(rows, query=page, order=["id"], shown=lambda row: _message(request, row))


@router.post("/inquiries/{id:inquiry_id}/messages", response={201: MessageOut}, summary="Add what the customer wrote")
def add_message(request: Request, inquiry_id: int, sent: MessageIn) -> Status:
    """Let the customer write on: a waiting or closed inquiry is open again."""
    require_reader(request.viewer)
    inquiry, now = queries.inquiry_for(request.viewer, inquiry_id), timezone.now()
    require_worker(request.viewer)
    arrival = Arrival(
        channel=inquiry.channel,
        title=inquiry.title,
        body=sent.body,
        received_at=sent.received_at or now,
        sender=sent.sender,
        external_id=f"api:{inquiry.pk}:{sent.external_id}" if sent.external_id else "",
        continues=inquiry.pk,
    )
    received = receive(arrival=arrival, now=now)
    assert received.message is not None
    return Status(201, _message(request, _known(inquiry_id, received.message.pk)))


@router.post("/inquiries/{id:inquiry_id}/replies", response={201: MessageOut}, summary="Answer")
def reply(request: Request, inquiry_id: int, sent: ReplyIn) -> Status:
    """Send an answer through the channel of the inquiry; for half a minute it can be taken back."""
    require_reader(request.viewer)
    inquiry = queries.inquiry_for(request.viewer, inquiry_id)
    delivery = actions.send_reply(viewer=request.viewer, inquiry=inquiry, now=timezone.now(), **sent.model_dump())
    return Status(201, _message(request, _known(inquiry_id, delivery.message_id)))


@router.delete("/inquiries/{id:inquiry_id}/replies/{id:message_id}", response=MessageOut, summary="Take an answer back")
def take_back(request: Request, inquiry_id: int, message_id: int) -> dict[str, Any]:
    """Take an answer back that is still held."""
    require_reader(request.viewer)
    inquiry = queries.inquiry_for(request.viewer, inquiry_id)
    require_worker(request.viewer)
    delivery = Delivery.objects.filter(message_id=message_id, message__inquiry=inquiry).first()
    if delivery is None:
        raise Http404
    actions.take_back(viewer=request.viewer, delivery=delivery, now=timezone.now())
    return _message(request, _known(inquiry_id, message_id))


@router.post("/inquiries/{id:inquiry_id}/notes", response={201: MessageOut}, summary="Add a note")
def add_note(request: Request, inquiry_id: int, sent: NoteIn) -> Status:
    """Write a note for colleagues; the customer never sees it."""
    require_reader(request.viewer)
    inquiry = queries.inquiry_for(request.viewer, inquiry_id)
    note = actions.add_note(viewer=request.viewer, inquiry=inquiry, body=sent.body, now=timezone.now())
    return Status(201, _message(request, _known(inquiry_id, note.pk)))


def _known(inquiry_id: int, message_id: int) -> InquiryMessage:
    return InquiryMessage.objects.select_related("author", "delivery").get(pk=message_id, inquiry_id=inquiry_id)


def _message(request: Request, row: InquiryMessage) -> dict[str, Any]:
    delivery = getattr(row, "delivery", None)
    return {
        **{name: getattr(row, name) for name in ("id", "direction", "body", "quoted", "at")},
        "author": row.author.handle if row.author else "",
        "sender": row.sender if seeing.sees(request.viewer, seeing.CONTACT) else None,
        "delivery": delivery.state if delivery else "",
        "send_at": delivery.send_at if delivery else None,
        "error": delivery.error if delivery else "",
    }
