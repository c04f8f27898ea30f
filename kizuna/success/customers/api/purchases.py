"""Purchases in the REST API (B2C)."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, page_of
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers import actions
from kizuna.success.customers.api.asking import HIDDEN, OfAccount, account_of, seen
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])
PURCHASE = (
    "id", "account_id", "contact_id", "external_id", "kind", "product", "quantity", "amount", "tax_percent", "currency",
    "purchased_on", "created_at",
)  # fmt: skip


class PurchaseIn(Input):
    account_id: int
    contact_id: int | None = Field(None, description="Who bought, at that customer.")
    external_id: str = Field("", description="Your own number of the order; unique.")
    kind: str = Field("repeat", description="`first`, `repeat`, `pause`, `skip` or `return`.")
    product: str
    quantity: int = 1
    amount: int = Field(
        0, description="Before tax, in minor units of `currency`; of a return it counts against the sum."
    )
    tax_percent: int = 10
    currency: str = "JPY"
    purchased_on: date


class PurchaseOut(Schema):
    id: int
    account_id: int
    contact_id: int | None
    external_id: str
    kind: str
    product: str
    quantity: int
    amount: int | None = Field(description=f"Before tax, in minor units of `currency`; {HIDDEN}.")
    tax_percent: int | None = Field(description=HIDDEN)
    currency: str | None = Field(description=HIDDEN)
    purchased_on: date
    created_at: datetime


class PurchasePage(PageOut):
    items: list[PurchaseOut]


@router.get("/purchases", response=PurchasePage, exclude_unset=True, summary="List purchases")
def list_purchases(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List orders, pauses, skips and returns."""
    require_reader(request.viewer)
    rows = visible.purchases_visible_to(request.viewer)
    if page.account is not None:
        rows = rows.filter(account=account_of(request, page.account))
    return page_of(rows, query=page, order=["id"], shown=lambda row: seen(request, row, PURCHASE))


@router.post("/purchases", response={201: PurchaseOut}, summary="Add a purchase")
def add_purchase(request: Request, sent: PurchaseIn) -> Status:
    """Note an order, or what happened to a subscription of goods. What was bought is never rewritten."""
    require_reader(request.viewer)
    fields = sent.model_dump()
    account_of(request, sent.account_id)
    _require_person(request, sent.contact_id)
    made = actions.note_purchases(viewer=request.viewer, rows=[fields], now=timezone.now())
    if not made:
        raise Refused(_("Another purchase has this number already."), field="external_id", code="taken")
    return Status(201, seen(request, made[0], PURCHASE))


@router.get("/purchases/{id:purchase_id}", response=PurchaseOut, summary="Read a purchase")
def read_purchase(request: Request, purchase_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return seen(request, visible.purchase_for(request.viewer, purchase_id), PURCHASE)


def _require_person(request: Request, contact_id: int | None) -> None:
    if contact_id is None:
        return
    people = visible.contacts_visible_to(request.viewer)
    if not (0 < contact_id < 2**63 and people.filter(pk=contact_id).exists()):
        raise Refused(_("There is no person with this number."), field="contact_id")
