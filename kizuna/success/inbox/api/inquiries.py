"""Inquiries in the REST API, for those with the desk."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.moments import Moment
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers import seeing
from kizuna.success.customers.queries.visible import accounts_visible_to
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.policies import require_reader, require_worker

router = Router(tags=["inquiries"])
PLAIN = (
    "id", "title", "state", "priority", "channel", "category", "account_id", "contact_id", "received_at", "is_outside_hours",
    "urgency", "due_at", "response_due_at", "resolution_due_at", "first_response_at", "snoozed_until", "closed_at",
    "closed_because", "same_as_id", "external_id", "created_at", "updated_at",
)  # fmt: skip


CHANNELS = "`mail`, `phone`, `chat`, `form`, `visit`, `question`, `mention`, `missed`, `social` or `other`."


class InquiryIn(Input):
    title: str
    body: str = Field("", description="What was written; kept as the first message.")
    state: str = Field("open", description="`open`, `waiting` or `closed`, for what another system has handled so far.")
    priority: str = Field("normal", description="`low`, `normal`, `high` or `urgent`.")
    channel: str = Field("other", description=CHANNELS)
    sender: str = Field("", description="Who wrote, as the channel knows them: an address, a number, a name.")
    is_urgent: bool = Field(False, description="Whoever asks says that it does not wait.")
    category: str = ""
    account_id: int | None = Field(None, description="Whose inquiry it is; the customer of the person, when not given.")
    contact_id: int | None = Field(None, description="Who asks, at that customer.")
    owner: str = Field("", description="The handle of whoever is in charge.")
    received_at: Moment | None = Field(None, description="Now, when it is not given.")
    due_at: Moment | None = None
    first_response_at: Moment | None = None
    closed_at: Moment | None = None
    external_id: str = Field("", description="Your own number; unique.")


class InquiryPatch(Input):
    owner: str | None = Field(None, description="The handle of whoever is in charge; empty for nobody.")
    priority: str | None = Field(None, description="`low`, `normal`, `high` or `urgent`; the dues follow.")


class InquiryOut(Schema):
    id: int
    title: str
    state: str = Field(
        description="`open`, `waiting` (for the customer), `snoozed`, `handed` (to a department) or `closed`."
    )
    priority: str
    channel: str
    category: str
    account_id: int | None
    contact_id: int | None
    owner: str = Field(description="The handle of whoever is in charge, or empty.")
    sender: str | None = Field(description="Null where contact details are hidden from your role.")
    department: str = Field(description="Where it lies, or empty.")
    received_at: datetime
    is_outside_hours: bool = Field(description="It came in outside business hours.")
    urgency: int = Field(description="The more, the more pressing it came in; 0 is as usual.")
    due_at: datetime | None = Field(
        description="The next due that counts, in business hours; null when it is not our turn."
    )
    response_due_at: datetime | None
    resolution_due_at: datetime | None
    first_response_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    closed_because: str = Field(
        description="`answered`, `phone`, `elsewhere`, `same`, `none_needed`, `community`, `spam`, or empty."
    )
    same_as_id: int | None
    external_id: str
    created_at: datetime
    updated_at: datetime
    url: str


class InquiryPage(PageOut):
    items: list[InquiryOut]


class InquiryQuery(PageQuery):
    account: int | None = Field(None, description="Only those of this account.")
    state: str = Field("", description="Only those in this state.")
    owner: str = Field(
        "", description="Only those of the member with this handle; `nobody` for those without an owner."
    )
    channel: str = Field("", description="Only those of this channel.")
    external_id: str = Field("", description="Only the one with this number of yours.")


@router.get("/inquiries", response=InquiryPage, exclude_unset=True, summary="List inquiries")
def list_inquiries(request: Request, page: Query[InquiryQuery]) -> dict[str, Any]:
    """List the inquiries, those noted first at the top."""
    require_reader(request.viewer)
    rows = queries.inquiries_visible_to(request.viewer).select_related("owner", "department")
    if page.account is not None:
        rows = rows.filter(account=_existing(accounts_visible_to(request.viewer), page.account, "account"))
    if page.state:
        rows = rows.filter(state=page.state)
    if page.owner:
        rows = rows.filter(owner=None) if page.owner == "nobody" else rows.filter(owner__handle=page.owner)
    if page.channel:
        rows = rows.filter(channel=page.channel)
    if page.external_id:
        rows = rows.filter(external_id=page.external_id)
    return page_of(rows, query=page, order=["id"], shown=lambda row: shown(request, row))


@router.post("/inquiries", response={201: InquiryOut}, summary="Add an inquiry")
def add_inquiry(request: Request, sent: InquiryIn) -> Status:
    """Note what a customer asks."""
    require_reader(request.viewer)
    fields = sent.model_dump()
    owner = fields.pop("owner")
    fields["owner_id"] = _owner(owner) if owner else None
    inquiry = actions.open_inquiry(viewer=request.viewer, fields=fields, now=timezone.now())
    return Status(201, shown(request, queries.inquiry_for(request.viewer, inquiry.pk)))


@router.get("/inquiries/{id:inquiry_id}", response=InquiryOut, summary="Read an inquiry")
def read_inquiry(request: Request, inquiry_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return shown(request, queries.inquiry_for(request.viewer, inquiry_id))


@router.patch("/inquiries/{id:inquiry_id}", response=InquiryOut, summary="Change an inquiry")
def change_inquiry(request: Request, inquiry_id: int, sent: InquiryPatch) -> dict[str, Any]:
    """Give it to somebody or say how pressing it is; what else can happen to it has addresses of its own."""
    require_reader(request.viewer)
    inquiry, now = queries.inquiry_for(request.viewer, inquiry_id), timezone.now()
    require_worker(request.viewer)
    given = sent.model_dump(exclude_unset=True)
    if "owner" in given:
        owner_id = _owner(given["owner"]) if given["owner"] else None
        actions.assign(viewer=request.viewer, inquiry=inquiry, owner_id=owner_id, now=now)
    if given.get("priority"):
        actions.prioritise(viewer=request.viewer, inquiry=inquiry, priority=given["priority"], now=now)
    return shown(request, queries.inquiry_for(request.viewer, inquiry_id))


def _existing(rows: Any, pk: int, field: str) -> Any:
    row = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None:
        raise Refused(_("Please choose from the list."), field=field)
    return row


def _owner(handle: str) -> int:
    owner = Member.objects.filter(handle=handle).first()
    if owner is None:
        raise Refused(_("Please choose somebody of the team."), field="owner")
    return owner.pk


def shown(request: Request, row: Inquiry) -> dict[str, Any]:
    """Return an inquiry as programs read it."""
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "sender": row.sender if seeing.sees(request.viewer, seeing.CONTACT) else None,
        "owner": row.owner.handle if row.owner else "",
        "department": row.department.slug if row.department else "",
        "url": whole(request, f"/desk/inquiries/{row.pk}/"),
    }
