"""Support addresses in the REST API, for managers."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.success.mailbox import actions, policies, queries
from kizuna.success.mailbox.models import SupportAddress

router = Router(tags=["mail of inquiries"])
WORDS = "Words of that mail by language (`ja`, `en`); empty: the usual ones."
ADDRESS = (
    "id",
    "address",
    "name",
    "category",
    "has_tags",
    "is_active",
    "acknowledges",
    "acknowledgement",
    "changed_at",
)


class AddressIn(Input):
    address: str
    name: str = Field(description="Whom customers see as the sender.")
    category: str = ""
    has_tags: bool = Field(False, description="Mail to `name+anything@…` arrives, too.")
    is_active: bool = True
    acknowledges: bool = Field(False, description="Whoever writes is told at once that it arrived.")
    acknowledgement: dict[str, str] = Field({}, description=WORDS)


class AddressPatch(Input):
    address: str | None = None
    name: str | None = None
    category: str | None = None
    has_tags: bool | None = None
    is_active: bool | None = None
    acknowledges: bool | None = None
    acknowledgement: dict[str, str] | None = Field(None, description=WORDS)


class AddressOut(Schema):
    id: int
    address: str
    name: str
    category: str
    has_tags: bool
    is_active: bool
    acknowledges: bool
    acknowledgement: dict[str, str]
    changed_at: datetime


class AddressPage(PageOut):
    items: list[AddressOut]


@router.get("/support-addresses", response=AddressPage, exclude_unset=True, summary="List support addresses")
def list_addresses(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    """List the addresses that customers write to, those in use or not."""
    return page_of(queries.addresses_for(request.viewer), query=page, order=["id"], shown=_address)


@router.post("/support-addresses", response={201: AddressOut}, summary="Add a support address")
def add_address(request: Request, sent: AddressIn) -> Status:
    """Add an address; mail to it must reach this installation."""
    policies.require_manager(request.viewer)
    row = actions.save_address(viewer=request.viewer, support=None, now=timezone.now(), **_words(sent.model_dump()))
    return Status(201, _address(row))


@router.get("/support-addresses/{id:address_id}", response=AddressOut, summary="Read a support address")
def read_address(request: Request, address_id: int) -> dict[str, Any]:
    return _address(queries.address_for(request.viewer, address_id))


@router.patch("/support-addresses/{id:address_id}", response=AddressOut, summary="Change a support address")
def change_address(request: Request, address_id: int, sent: AddressPatch) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    row = queries.address_for(request.viewer, address_id)
    given = {name: value for name, value in sent.model_dump(exclude_unset=True).items() if value is not None}
    before = {name: getattr(row, name) for name in AddressPatch.model_fields}
    saved = actions.save_address(viewer=request.viewer, support=row, now=timezone.now(), **_words({**before, **given}))
    return _address(saved)


def _words(fields: dict[str, Any]) -> dict[str, Any]:
    """Keep the languages there are."""
    given = fields["acknowledgement"]
    return {**fields, "acknowledgement": {name: given[name] for name in ("ja", "en") if name in given}}


def _address(row: SupportAddress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ADDRESS}
