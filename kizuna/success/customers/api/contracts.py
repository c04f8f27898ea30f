"""Contracts in the REST API, with their lines."""

from datetime import date
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, page_of
from kizuna.core.members.requests import Request
from kizuna.success.customers import actions
from kizuna.success.customers.api.asking import HIDDEN, OfAccount, account_of, seen
from kizuna.success.customers.models import Contract
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])
CONTRACT = (
    "id", "account_id", "billing_account_id", "external_id", "title", "currency", "billing", "starts_on", "ends_on", "term_months",
    "is_auto_renewed", "notice_by", "noticed_on", "ended_on", "end_reason",
)  # fmt: skip
LINE = ("product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on")


class LineIn(Input):
    product: str
    plan: str = ""
    seats: int = 1
    unit_price: int = Field(description="Per seat and billing period, before tax, in minor units.")
    tax_percent: int = 10


class LineOut(Schema):
    product: str
    plan: str
    seats: int
    unit_price: int | None = Field(description=f"Per seat and billing period, before tax; {HIDDEN}.")
    tax_percent: int | None = Field(description=HIDDEN)
    starts_on: date
    ends_on: date | None


class ContractFields(Schema):
    billing_account_id: int | None = Field(None, description="Who is billed instead: a reseller.")
    external_id: str = ""
    title: str = ""
    currency: str = "JPY"
    billing: str = Field("monthly", description="`monthly` or `yearly` (in advance).")
    ends_on: date | None = Field(None, description="The last day of the present term, inclusive.")
    term_months: int = 12
    is_auto_renewed: bool = True
    notice_by: date | None = None


class ContractIn(ContractFields, Input):
    account_id: int
    starts_on: date
    lines: list[LineIn] = Field(min_length=1, max_length=200)


class ContractPatch(ContractFields, Input):
    starts_on: date | None = None
    lines: list[LineIn] | None = Field(None, min_length=1, max_length=200, description="Hold from `lines_from` on.")
    lines_from: date | None = None
    noticed_on: date | None = Field(None, description="With `ended_on`: notes a notice.")
    ended_on: date | None = None
    end_reason: str = ""


class ContractOut(ContractFields):
    id: int
    account_id: int
    starts_on: date
    noticed_on: date | None
    ended_on: date | None
    currency: str | None = Field(description=HIDDEN)  # type: ignore[assignment]
    end_reason: str | None = Field(description=HIDDEN)
    lines: list[LineOut]
    url: str


class ContractPage(PageOut):
    items: list[ContractOut]


@router.get("/contracts", response=ContractPage, exclude_unset=True, summary="List contracts")
def list_contracts(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the contracts with all their lines, past ones too."""
    require_reader(request.viewer)
    contracts = visible.contracts_visible_to(request.viewer).prefetch_related("lines")
    if page.account is not None:
        contracts = contracts.filter(account=account_of(request, page.account))
    return page_of(contracts, query=page, order=["id"], shown=lambda row: _contract(request, row))


@router.post("/contracts", response={201: ContractOut}, summary="Add a contract")
def add_contract(request: Request, sent: ContractIn) -> Status:
    """Note a contract with its lines."""
    require_reader(request.viewer)
    fields = sent.model_dump()
    account = account_of(request, fields.pop("account_id"))
    lines = fields.pop("lines")
    contract = actions.sign_contract(
        viewer=request.viewer, account=account, fields=fields, lines=lines, now=timezone.now()
    )
    return Status(201, _contract(request, visible.contract_for(request.viewer, contract.pk)))


@router.get("/contracts/{id:contract_id}", response=ContractOut, summary="Read a contract")
def read_contract(request: Request, contract_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _contract(request, visible.contract_for(request.viewer, contract_id))


@router.patch("/contracts/{id:contract_id}", response=ContractOut, summary="Change a contract")
def change_contract(request: Request, contract_id: int, sent: ContractPatch) -> dict[str, Any]:
    """Change the terms that are sent, let other lines hold from a day on, or note a notice."""
    require_reader(request.viewer)
    contract = visible.contract_for(request.viewer, contract_id)
    actions.change_whole_contract(
        viewer=request.viewer, contract=contract, fields=sent.model_dump(exclude_unset=True), now=timezone.now()
    )
    return _contract(request, visible.contract_for(request.viewer, contract_id))


def _contract(request: Request, contract: Contract) -> dict[str, Any]:
    lines = sorted(contract.lines.all(), key=lambda item: (item.starts_on, item.pk))
    return {
        **seen(request, contract, CONTRACT),
        "lines": [seen(request, item, LINE) for item in lines],
        "url": whole(request, f"/desk/contracts/{contract.pk}/"),
    }
