"""Calls in the REST API, for those with the desk. Numbers are null where telephones are hidden from the token's member."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.calls import actions, queries
from kizuna.success.calls.models import Call
from kizuna.success.calls.policies import require_reader
from kizuna.success.calls.queries import CallFilter
from kizuna.success.customers import seeing
from kizuna.success.customers.api.asking import account_of
from kizuna.success.inbox.queries import inquiry_for

router = Router(tags=["calls"])
SHOWN = (
    "id", "direction", "state", "outcome", "at", "ended_at", "seconds", "account_id", "contact_id", "inquiry_id",
    "created_at", "updated_at",
)  # fmt: skip


class CallFields(Input):
    direction: str = Field("out", description="`in` when the customer called, `out` when we did.")
    outcome: str = Field("reached", description="`reached`, `call_back`, `voicemail`, `no_answer` or `wrong`.")
    number: str = Field("", max_length=40, description="Theirs, in any notation.")
    at: datetime = Field(description="When it began, with its time zone.")
    ended_at: datetime | None = None
    title: str
    body: str = ""
    is_internal: bool = Field(True, description="False: what is written may be shown to the customer.")
    contact_ids: list[int] = Field([], max_length=50)
    members: list[str] = Field([], max_length=50, description="Handles of our people who took part.")


class CallIn(CallFields):
    account_id: int | None = None
    inquiry_id: int | None = None
    closes: bool = Field(False, description="Close the inquiry as answered by telephone.")


class CallOut(Schema):
    id: int
    direction: str
    state: str = Field(description="`ringing` (its end was not told), `talked` or `missed`.")
    outcome: str
    number: str | None = Field(description="E.164. Null where telephones are hidden; empty where it was withheld.")
    at: datetime
    ended_at: datetime | None
    seconds: int | None = Field(description="Of talk.")
    account_id: int | None
    contact_id: int | None
    inquiry_id: int | None
    title: str
    body: str
    member: str
    has_recording: bool
    created_at: datetime
    updated_at: datetime
    url: str


class CallPage(PageOut):
    items: list[CallOut]


class CallQuery(PageQuery):
    account: int | None = Field(None, description="Only those with this account.")
    number: str = Field("", max_length=40, description="Only those of this number, in any notation.")
    view: str = Field("all", max_length=20, description="`all`, `missed`, `mine` or `unknown` (no customer known).")


@router.get("/calls", response=CallPage, exclude_unset=True, summary="List calls")
def list_calls(request: Request, page: Query[CallQuery]) -> dict[str, Any]:
    """List calls, told by telephone systems or written down by hand."""
    require_reader(request.viewer)
    rows = queries.narrowed(request.viewer, CallFilter.of({"view": page.view}))
    if page.number:
        key = queries.lists.phone_asked(request.viewer, page.number)
        rows = rows.filter(number_key=key) if key else rows.none()
    if page.account is not None:
        rows = rows.filter(account_id=page.account if 0 < page.account < 2**63 else 0)
    rows = rows.select_related(*queries.WITH)
    return page_of(rows, query=page, order=["id"], shown=lambda row: _call(request, row))


@router.post("/calls", response={201: CallOut}, summary="Log a call")
def log_call(request: Request, sent: CallIn) -> Status:
    """Write a call down as the token's member: with a customer, or for an inquiry whose customer is not known."""
    require_reader(request.viewer)
    fields = _fields(sent)
    account_id, inquiry_id = fields.pop("account_id"), fields.pop("inquiry_id")
    account = account_of(request, account_id) if account_id is not None else None
    inquiry = inquiry_for(request.viewer, inquiry_id) if inquiry_id is not None else None
    if account is None and inquiry is not None:
        account = inquiry.account
    if account is None and inquiry is None:
        raise Refused(_("Please say with which customer or for which inquiry the call was."), field="account_id")
    made = actions.log_call(viewer=request.viewer, account=account, inquiry=inquiry, fields=fields, now=timezone.now())
    return Status(201, _call(request, queries.call_for(request.viewer, made.pk)))


@router.get("/calls/{id:call_id}", response=CallOut, summary="Read a call")
def read_call(request: Request, call_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _call(request, queries.call_for(request.viewer, call_id))


@router.put("/calls/{id:call_id}", response=CallOut, summary="Change a call")
def change_call(request: Request, call_id: int, sent: CallFields) -> dict[str, Any]:
    """Change what is written of a call; of one that a telephone system told, only outcome, words and people."""
    require_reader(request.viewer)
    call = queries.call_for(request.viewer, call_id)
    actions.edit_call(viewer=request.viewer, call=call, fields=_fields(sent), now=timezone.now())
    return _call(request, queries.call_for(request.viewer, call_id))


@router.delete("/calls/{id:call_id}", response={204: None}, summary="Remove a call")
def remove_call(request: Request, call_id: int) -> Status:
    """Take a call out of sight."""
    require_reader(request.viewer)
    actions.remove_call(viewer=request.viewer, call=queries.call_for(request.viewer, call_id), now=timezone.now())
    return Status(204, None)


def _fields(sent: CallFields) -> dict[str, Any]:
    fields = sent.model_dump()
    handles = set(fields.pop("members"))
    members = dict(Member.objects.filter(handle__in=handles).values_list("handle", "pk"))
    if handles - set(members):
        raise Refused(_("Please choose somebody of the team."), field="members")
    return {**fields, "member_ids": list(members.values())}


def _call(request: Request, row: Call) -> dict[str, Any]:
    sees = seeing.sees(request.viewer, seeing.CONTACT)
    said = row.encounter
    title, _break, body = row.note.partition("\n")
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "number": (row.number_key or row.number) if sees else None,
        "title": said.title if said else title,
        "body": said.body if said else body,
        "member": row.member.handle if row.member else "",
        "has_recording": bool(row.recording_url),
        "url": whole(request, f"/desk/calls/{row.pk}/"),
    }
