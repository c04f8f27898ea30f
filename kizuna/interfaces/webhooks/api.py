"""Webhooks in the REST API, for owners and admins."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.interfaces.webhooks import actions, queries, seeing
from kizuna.interfaces.webhooks.models import LONGEST_URL, Delivery, Endpoint
from kizuna.interfaces.webhooks.policies import can_keep

router = Router(tags=["webhooks"])
SHOWN = ("id", "kind", "url", "description", "verbs", "state", "why", "created_at", "failing_since", "before_until")
TOLD = ("id", "endpoint_id", "event", "verb", "state", "attempts", "created_at", "done_at")


class EndpointIn(Input):
    url: str = Field(max_length=LONGEST_URL)
    description: str = Field("", max_length=200)
    verbs: list[str] = Field([], max_length=500, description="Activities to be told; empty for all.")


class EndpointPatch(Input):
    url: str = Field("", max_length=LONGEST_URL)
    description: str = Field("", max_length=200)
    verbs: list[str] = Field([], max_length=500)
    state: str = Field("", pattern="^(active|paused)$", description="`active` or `paused`.")


class EndpointOut(Schema):
    id: int
    kind: str = Field(
        description="`standard`, or a chat that is set up in Studio: `slack`, `teams`, `chatwork`, `lineworks`."
    )
    url: str = Field(description="Of a chat whose address lets anybody write there: its host alone.")
    description: str
    verbs: list[str]
    state: str = Field(description="`active`, `paused` or `disabled`.")
    why: str = Field(description="Why it rests: `person`, `maker`, `gone`, `failing`, `copied` or `secret`.")
    made_by: str = Field(description="The handle of whoever answers for it: it is told what they may see.")
    created_at: datetime
    failing_since: datetime | None
    before_until: datetime | None = Field(description="Until when the secret before signs as well.")


class EndpointWithSecret(EndpointOut):
    secret: str = Field(description="Shown by this answer only.")


class EndpointPage(PageOut):
    items: list[EndpointOut]


class DeliveryOut(Schema):
    id: int
    endpoint_id: int
    event: str = Field(description="The `webhook-id`, the same in every attempt.")
    verb: str
    state: str = Field(description="`waiting`, `done`, `failed` or `dropped`.")
    attempts: int
    created_at: datetime
    done_at: datetime | None
    next_at: datetime | None = Field(description="When it is tried next.")


class AttemptOut(Schema):
    at: datetime
    status: int | None
    error: str = Field(description="Why nothing came back: `address`, `name`, `connection` or `time`.")
    milliseconds: int
    answer: str


class DeliveryDetail(DeliveryOut):
    body: str = Field(description="Empty when you may not see what it is about.")
    tries: list[AttemptOut] = Field(description="The latest first.")


class DeliveryPage(PageOut):
    items: list[DeliveryOut]


class DeliveryQuery(PageQuery):
    endpoint: int | None = Field(None, description="Only of this endpoint.")
    state: str = Field("", pattern="^[a-z]{0,10}$", description="Only in this state.")


@router.get("/webhook-endpoints", response=EndpointPage, exclude_unset=True, summary="List webhooks")
def list_endpoints(request: Request, asked: Query[PageQuery]) -> dict[str, Any]:
    """List endpoints."""
    _require_keeper(request)
    rows = queries.endpoints_visible_to(request.viewer).order_by()
    return page_of(rows, query=asked, order=["id"], shown=_endpoint)


@router.post("/webhook-endpoints", response={201: EndpointWithSecret}, summary="Make a webhook")
def make_endpoint(request: Request, sent: EndpointIn) -> Status:
    """Make an endpoint. Its secret is in this answer and in no other."""
    _require_keeper(request)
    made, secret = actions.make_endpoint(viewer=request.viewer, now=timezone.now(), **sent.model_dump())
    return Status(201, {**_endpoint(made), "secret": secret})


@router.get("/webhook-endpoints/{id:endpoint_id}", response=EndpointOut, summary="Read a webhook")
def read_endpoint(request: Request, endpoint_id: int) -> dict[str, Any]:
    """Read an endpoint."""
    return _endpoint(queries.endpoint_for(request.viewer, endpoint_id))


@router.patch("/webhook-endpoints/{id:endpoint_id}", response=EndpointOut, summary="Change a webhook")
def change_endpoint(request: Request, endpoint_id: int, sent: EndpointPatch) -> dict[str, Any]:
    """Change what is sent. With another address you answer for it from now on."""
    row, now = queries.endpoint_for(request.viewer, endpoint_id), timezone.now()
    fields = sent.model_dump(exclude_unset=True)
    state = fields.pop("state", "")
    if fields:
        actions.change_endpoint(viewer=request.viewer, endpoint=row, fields=fields, now=now)
    if state:
        act = actions.resume if state == Endpoint.State.ACTIVE else actions.pause
        act(viewer=request.viewer, endpoint=row, now=now)
    return _endpoint(queries.endpoint_for(request.viewer, endpoint_id))


@router.delete("/webhook-endpoints/{id:endpoint_id}", response={204: None}, summary="Remove a webhook")
def remove_endpoint(request: Request, endpoint_id: int) -> Status:
    """Remove an endpoint with its log."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    actions.remove_endpoint(viewer=request.viewer, endpoint=row, now=timezone.now())
    return Status(204, None)


@router.post("/webhook-endpoints/{id:endpoint_id}/secret", response=EndpointWithSecret, summary="Make a new secret")
def rotate_secret(request: Request, endpoint_id: int) -> dict[str, Any]:
    """Make a new secret; the one before signs as well for 24 hours."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    row, secret = actions.rotate_secret(viewer=request.viewer, endpoint=row, now=timezone.now())
    return {**_endpoint(row), "secret": secret}


@router.post("/webhook-endpoints/{id:endpoint_id}/test", response={202: DeliveryOut}, summary="Send a test")
def send_test(request: Request, endpoint_id: int) -> Status:
    """Send a message that says only that messages arrive."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    made = actions.send_test(viewer=request.viewer, endpoint=row, now=timezone.now())
    return Status(202, _delivery(made))


@router.get("/webhook-deliveries", response=DeliveryPage, exclude_unset=True, summary="List deliveries")
def list_deliveries(request: Request, asked: Query[DeliveryQuery]) -> dict[str, Any]:
    """List what was and will be told, the latest first."""
    _require_keeper(request)
    rows = queries.deliveries_visible_to(request.viewer).order_by()
    if asked.endpoint is not None:
        rows = rows.filter(endpoint_id=asked.endpoint)
    if asked.state:
        rows = rows.filter(state=asked.state)
    return page_of(rows, query=asked, order=["-id"], shown=_delivery)


@router.get("/webhook-deliveries/{id:delivery_id}", response=DeliveryDetail, summary="Read a delivery")
def read_delivery(request: Request, delivery_id: int) -> dict[str, Any]:
    """Read a delivery with its attempts."""
    row = queries.delivery_for(request.viewer, delivery_id)
    body = seeing.body_for(request.viewer, row)
    names = ("at", "status", "error", "milliseconds", "answer")
    tries = [{name: getattr(one, name) for name in names} for one in queries.attempts_of(row)]
    return {
        **_delivery(row),
        "body": body,
        "tries": tries if body else [{**one, "answer": ""} for one in tries],
    }


@router.post("/webhook-deliveries/{id:delivery_id}/resending", response={202: DeliveryOut}, summary="Send again")
def resend(request: Request, delivery_id: int) -> Status:
    """Send a delivery again, under the same id."""
    row = queries.delivery_for(request.viewer, delivery_id)
    actions.resend(viewer=request.viewer, delivery=row, now=timezone.now())
    return Status(202, _delivery(queries.delivery_for(request.viewer, delivery_id)))


def _require_keeper(request: Request) -> None:
    """Whoever keeps no webhooks is not told that there are any."""
    if not can_keep(request.viewer):
        raise Http404


def _endpoint(row: Endpoint) -> dict[str, Any]:
    maker = row.made_by.handle if row.made_by else ""
    return {"made_by": maker, **{name: getattr(row, name) for name in SHOWN}}


def _delivery(row: Delivery) -> dict[str, Any]:
    next_at = row.next_at if row.state == Delivery.State.WAITING else None
    return {"next_at": next_at, **{name: getattr(row, name) for name in TOLD}}
