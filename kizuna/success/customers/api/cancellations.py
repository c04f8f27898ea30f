"""Cancellations in the REST API: that a customer left something, why, and what they said."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, page_of
from kizuna.core.members.requests import Request
from kizuna.success.customers import actions
from kizuna.success.customers.api.asking import HIDDEN, OfAccount, account_of, seen
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])
CANCELLATION = ("id", "account_id", "contract_id", "external_id", "cancelled_on", "reason", "told", "created_at")


class CancellationIn(Input):
    account_id: int
    contract_id: int | None = Field(
        None, description="Which contract it was about. Its end is noted on the contract itself."
    )
    external_id: str = Field("", description="Your own number; unique.")
    cancelled_on: date
    reason: str = ""
    told: str = Field("", description="In the customer's words.")


class CancellationPatch(Input):
    external_id: str = ""
    cancelled_on: date | None = None
    reason: str = ""
    told: str = ""


class CancellationOut(Schema):
    id: int
    account_id: int
    contract_id: int | None
    external_id: str
    cancelled_on: date
    reason: str | None = Field(description=HIDDEN)
    told: str | None = Field(description=HIDDEN)
    created_at: datetime


class CancellationPage(PageOut):
    items: list[CancellationOut]


@router.get("/cancellations", response=CancellationPage, exclude_unset=True, summary="List cancellations")
def list_cancellations(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List who left when and why."""
    require_reader(request.viewer)
    rows = visible.cancellations_visible_to(request.viewer)
    if page.account is not None:
        rows = rows.filter(account=account_of(request, page.account))
    return page_of(rows, query=page, order=["id"], shown=lambda row: seen(request, row, CANCELLATION))


@router.post("/cancellations", response={201: CancellationOut}, summary="Add a cancellation")
def add_cancellation(request: Request, sent: CancellationIn) -> Status:
    """Note that a customer left something."""
    require_reader(request.viewer)
    account_of(request, sent.account_id)
    made = actions.note_cancellations(viewer=request.viewer, rows=[sent.model_dump()], now=timezone.now())
    return Status(201, seen(request, made[0], CANCELLATION))


@router.get("/cancellations/{id:cancellation_id}", response=CancellationOut, summary="Read a cancellation")
def read_cancellation(request: Request, cancellation_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return seen(request, visible.cancellation_for(request.viewer, cancellation_id), CANCELLATION)


@router.patch("/cancellations/{id:cancellation_id}", response=CancellationOut, summary="Correct a cancellation")
def change_cancellation(request: Request, cancellation_id: int, sent: CancellationPatch) -> dict[str, Any]:
    """Correct what is sent; the timeline of the customer follows."""
    require_reader(request.viewer)
    row = visible.cancellation_for(request.viewer, cancellation_id)
    fields = sent.model_dump(exclude_unset=True)
    actions.change_cancellations(viewer=request.viewer, changes={row.pk: fields}, now=timezone.now())
    return seen(request, visible.cancellation_for(request.viewer, row.pk), CANCELLATION)
