"""Support addresses and reply templates in the REST API: the first for managers, the second for those with the desk."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.success.mailbox import actions, policies, queries
from kizuna.success.mailbox.models import ReplyTemplate, SupportAddress

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
TEMPLATE = ("id", "name", "body", "used_count", "changed_at")


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


class TemplateIn(Input):
    name: str
    body: str = Field(
        description="Facts stand as `{{customer}}`, `{{company}}`, `{{title}}`, `{{number}}`, `{{owner}}`."
    )


class TemplatePatch(Input):
    name: str | None = None
    body: str | None = None


class TemplateOut(Schema):
    id: int
    name: str
    body: str
    used_count: int
    changed_at: datetime


class TemplatePage(PageOut):
    items: list[TemplateOut]


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


@router.get("/reply-templates", response=TemplatePage, exclude_unset=True, summary="List reply templates")
def list_templates(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    """List the words that answers begin with."""
    return page_of(queries.templates_for(request.viewer), query=page, order=["id"], shown=_template)


@router.post("/reply-templates", response={201: TemplateOut}, summary="Add a reply template")
def add_template(request: Request, sent: TemplateIn) -> Status:
    """Add a template. Places that name no fact are refused."""
    policies.require_reader(request.viewer)
    row = actions.save_template(viewer=request.viewer, template=None, now=timezone.now(), **sent.model_dump())
    return Status(201, _template(row))


@router.get("/reply-templates/{id:template_id}", response=TemplateOut, summary="Read a reply template")
def read_template(request: Request, template_id: int) -> dict[str, Any]:
    return _template(queries.template_for(request.viewer, template_id))


@router.patch("/reply-templates/{id:template_id}", response=TemplateOut, summary="Change a reply template")
def change_template(request: Request, template_id: int, sent: TemplatePatch) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    row = queries.template_for(request.viewer, template_id)
    name, body = (
        value if value is not None else before for value, before in ((sent.name, row.name), (sent.body, row.body))
    )
    saved = actions.save_template(viewer=request.viewer, template=row, name=name, body=body, now=timezone.now())
    return _template(saved)


@router.delete("/reply-templates/{id:template_id}", response={204: None}, summary="Put a reply template away")
def archive_template(request: Request, template_id: int) -> Status:
    """Put a template away; answers written with it stay."""
    row = queries.template_for(request.viewer, template_id)
    actions.archive_template(viewer=request.viewer, template=row, now=timezone.now())
    return Status(204, None)


def _words(fields: dict[str, Any]) -> dict[str, Any]:
    """Keep the languages there are."""
    given = fields["acknowledgement"]
    return {**fields, "acknowledgement": {name: given[name] for name in ("ja", "en") if name in given}}


def _address(row: SupportAddress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ADDRESS}


def _template(row: ReplyTemplate) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TEMPLATE}
