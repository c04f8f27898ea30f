"""An account on any past day, in the REST API."""

from datetime import date
from typing import Any

from ninja import Field, Query, Router, Schema

from kizuna.core.members.requests import Request
from kizuna.success.customers import seeing
from kizuna.success.customers.api.asking import HIDDEN, note_reading, seen
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import past, visible

router = Router(tags=["customers"])
LINE = ("product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on")
CONTRACT = ("id", "external_id", "title", "currency", "billing", "starts_on", "ends_on")


class PastQuery(Schema):
    on: date = Field(ge=date(1900, 1, 1), le=date(2200, 1, 1), description="A day of the community's time zone.")


class PastPerson(Schema):
    contact_id: int
    name: str
    department: str
    title: str


class PastLine(Schema):
    product: str
    plan: str
    seats: int
    unit_price: int | None = Field(description=HIDDEN)
    tax_percent: int | None = Field(description=HIDDEN)
    starts_on: date
    ends_on: date | None


class PastContractOut(Schema):
    id: int
    external_id: str
    title: str
    currency: str | None = Field(description=HIDDEN)
    billing: str
    starts_on: date
    ends_on: date | None
    monthly_amount: int | None = Field(description=f"Before tax, in minor units of `currency`; {HIDDEN}.")
    lines: list[PastLine] = Field(description="Those that held on that day.")


class PastOut(Schema):
    on: date
    known: dict[str, Any] | None = Field(
        description="The account's fields as they were written down by the end of that day; null before it was known."
    )
    owner: str = Field(description="The handle of the account owner, or empty.")
    people: list[PastPerson]
    contracts: list[PastContractOut] = Field(description="In force on that day, by their dates as they are known now.")


@router.get("/accounts/{id:account_id}/past", response=PastOut, summary="Read an account as it was on a day")
def read_past(request: Request, account_id: int, asked: Query[PastQuery]) -> dict[str, Any]:
    """Tell what was known of a customer by the end of a day, who worked there, and which contracts held."""
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    note_reading(request, "account", account.pk)
    found = past.account_on(account, day=asked.on)
    hidden = seeing.hidden_fields(request.viewer)
    known = found.known and {name: value for name, value in found.known.items() if name not in hidden}
    return {
        "on": found.day,
        "known": known,
        "owner": found.owner.handle if found.owner else "",
        "people": [_person(row) for row in found.people],
        "contracts": [_contract(request, item) for item in found.contracts],
    }


def _person(row: Any) -> dict[str, Any]:
    return {"contact_id": row.contact_id, "name": row.contact.name, "department": row.department, "title": row.title}


def _contract(request: Request, item: past.PastContract) -> dict[str, Any]:
    sees = seeing.sees(request.viewer, seeing.AMOUNT)
    return {
        **seen(request, item.contract, CONTRACT),
        "monthly_amount": item.amount if sees else None,
        "lines": [seen(request, line, LINE) for line in item.lines],
    }
