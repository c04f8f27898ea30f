"""Customers in the REST API: accounts, contacts, contracts and notes, for those with the desk."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.audit import actions as audit
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, Contact, Contract, Note, SavedView
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import lists, visible
from kizuna.success.customers.queries.ruling import ruling_for, ruling_of

router = Router(tags=["customers"])
ACCOUNT = (
    "id", "kind", "name", "kana", "external_id", "corporate_number", "industry", "region", "phone", "employee_count", "state",
    "fit", "fit_reason", "community_touch", "parent_id", "monthly_amount", "currency", "customer_since", "renews_on", "notice_by",
    "next_review_on", "last_touched_at", "created_at", "updated_at",
)  # fmt: skip
CONTRACT = (
    "id", "account_id", "billing_account_id", "external_id", "title", "currency", "billing", "starts_on", "ends_on", "term_months",
    "is_auto_renewed", "notice_by", "noticed_on", "ended_on", "end_reason",
)  # fmt: skip
LINE = ("product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on")


class AccountFields(Schema):
    kind: str = Field("firm", description="`firm`, `person` or `household`.")
    kana: str = ""
    external_id: str = Field("", description="Your own number; unique.")
    corporate_number: str = Field("", description="Thirteen digits (法人番号).")
    industry: str = ""
    region: str = ""
    phone: str = ""
    employee_count: int | None = None
    fit: str = Field("unknown", description="`yes`, `no` or `unknown`.")
    fit_reason: str = ""
    community_touch: bool = False
    parent_id: int | None = None
    owner: str = Field("", description="The handle of the account owner.")
    domains: list[str] = Field([], max_length=50, description="Added, never taken away. Free mail is left out.")
    aliases: list[str] = Field([], max_length=50, description="Other names, added to those known.")


class AccountIn(AccountFields):
    name: str


class AccountPatch(AccountFields):
    name: str = ""


class AccountOut(Schema):
    id: int
    kind: str
    name: str
    kana: str
    external_id: str
    corporate_number: str
    industry: str
    region: str
    phone: str
    employee_count: int | None
    state: str = Field(description="`prospect`, `active`, `ended` or `merged`.")
    fit: str
    fit_reason: str
    community_touch: bool
    parent_id: int | None
    owner: str = Field(description="The handle of the account owner, or empty.")
    monthly_amount: int = Field(description="Before tax, in minor units of `currency`.")
    currency: str
    customer_since: date | None
    renews_on: date | None = Field(description="The last day of the present term.")
    notice_by: date | None
    next_review_on: date | None
    last_touched_at: datetime | None
    created_at: datetime
    updated_at: datetime
    url: str


class AccountPage(PageOut):
    items: list[AccountOut]


class AccountQuery(PageQuery):
    external_id: str = Field("", description="Only the account with this number of yours.")
    state: str = Field("", description="Only accounts in this state.")
    view: int = Field(0, description="Only the accounts of this saved view: its filters and its rule.")


class ViewOut(Schema):
    id: int
    name: str
    is_shared: bool
    is_stopped: bool = Field(description="Its rule names what is gone: it lists nobody until it is mended.")
    sentence: str = Field(description="Its rule in words, in the token's language; empty without one.")
    url: str


class ViewPage(PageOut):
    items: list[ViewOut]


class ContactIn(Schema):
    account_id: int
    name: str
    kana: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""
    department: str = ""
    title: str = ""


class ContactPatch(Schema):
    name: str = ""
    kana: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""


class SeatOut(Schema):
    account_id: int
    department: str
    title: str
    started_at: datetime
    ended_at: datetime | None


class ContactOut(Schema):
    id: int
    name: str
    kana: str
    email: str
    phone: str
    external_id: str
    member: str = Field(description="The handle of the member this person is, or empty.")
    employments: list[SeatOut]
    url: str


class ContactPage(PageOut):
    items: list[ContactOut]


class LineIn(Schema):
    product: str
    plan: str = ""
    seats: int = 1
    unit_price: int = Field(description="Per seat and billing period, before tax, in minor units.")
    tax_percent: int = 10


class LineOut(LineIn):
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


class ContractIn(ContractFields):
    account_id: int
    starts_on: date
    lines: list[LineIn] = Field(min_length=1, max_length=200)


class ContractPatch(ContractFields):
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
    end_reason: str
    lines: list[LineOut]
    url: str


class ContractPage(PageOut):
    items: list[ContractOut]


class OfAccount(PageQuery):
    account: int | None = Field(None, description="Only those of this account.")


class NoteIn(Schema):
    account_id: int
    body: str = Field(description="Markdown; `@handle` names a colleague.")
    is_internal: bool = Field(True, description="False: may be shown to the customer.")


class NotePatch(Schema):
    body: str
    is_internal: bool | None = None


class NoteOut(Schema):
    id: int
    account_id: int
    author: str
    body: str
    html: str
    is_internal: bool
    created_at: datetime
    edited_at: datetime | None
    url: str


class NotePage(PageOut):
    items: list[NoteOut]


@router.get("/accounts", response=AccountPage, exclude_unset=True, summary="List accounts")
def list_accounts(request: Request, page: Query[AccountQuery]) -> dict[str, Any]:
    """List the customers, those added first at the top."""
    require_reader(request.viewer)
    _note_reading(request, "account", None)
    accounts = visible.accounts_visible_to(request.viewer).select_related("owner")
    if page.external_id:
        accounts = accounts.filter(external_id=page.external_id)
    if page.state:
        accounts = accounts.filter(state=page.state)
    if page.view:
        accounts = _of_view(request, accounts, page.view)
    return page_of(accounts, query=page, order=["id"], shown=lambda row: _account(request, row))


@router.get("/account-views", response=ViewPage, exclude_unset=True, summary="List saved views of accounts")
def list_views(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    """List the saved views of the list of customers: one's own and the team's."""
    require_reader(request.viewer)
    views = visible.views_visible_to(request.viewer)
    return page_of(views, query=page, order=["id"], shown=lambda row: _view(request, row))


@router.post("/accounts", response={201: AccountOut}, summary="Add an account")
def add_account(request: Request, sent: AccountIn) -> Status:
    """Add a customer."""
    require_reader(request.viewer)
    fields = _with_owner(sent.model_dump())
    account = actions.create_account(viewer=request.viewer, fields=fields, now=timezone.now())
    return Status(201, _account(request, visible.account_for(request.viewer, account.pk)))


@router.get("/accounts/{id:account_id}", response=AccountOut, summary="Read an account")
def read_account(request: Request, account_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    _note_reading(request, "account", account.pk)
    return _account(request, account)


@router.patch("/accounts/{id:account_id}", response=AccountOut, summary="Change an account")
def change_account(request: Request, account_id: int, sent: AccountPatch) -> dict[str, Any]:
    """Change the fields that are sent; the others stay."""
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    fields = _with_owner(sent.model_dump(exclude_unset=True))
    actions.change_account(viewer=request.viewer, account=account, fields=fields, now=timezone.now())
    return _account(request, visible.account_for(request.viewer, account_id))


@router.get("/contacts", response=ContactPage, exclude_unset=True, summary="List contacts")
def list_contacts(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the people at customers."""
    require_reader(request.viewer)
    _note_reading(request, "contact", None)
    contacts = visible.contacts_visible_to(request.viewer).select_related("member").prefetch_related("employments")
    if page.account is not None:
        contacts = contacts.filter(pk__in=_account_of(request, page.account).employments.values("contact_id"))
    return page_of(contacts, query=page, order=["id"], shown=lambda row: _contact(request, row))


@router.post("/contacts", response={201: ContactOut}, summary="Add a contact")
def add_contact(request: Request, sent: ContactIn) -> Status:
    """Add a person at a customer; somebody known by the address is taken on, not added twice."""
    require_reader(request.viewer)
    account = _account_of(request, sent.account_id)
    contact = actions.add_contact(viewer=request.viewer, account=account, fields=sent.model_dump(), now=timezone.now())
    return Status(201, _contact(request, visible.contact_for(request.viewer, contact.pk)))


@router.get("/contacts/{id:contact_id}", response=ContactOut, summary="Read a contact")
def read_contact(request: Request, contact_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    contact = visible.contact_for(request.viewer, contact_id)
    _note_reading(request, "contact", contact.pk)
    return _contact(request, contact)


@router.patch("/contacts/{id:contact_id}", response=ContactOut, summary="Change a contact")
def change_contact(request: Request, contact_id: int, sent: ContactPatch) -> dict[str, Any]:
    """Change the fields that are sent; the others stay."""
    require_reader(request.viewer)
    contact = visible.contact_for(request.viewer, contact_id)
    fields = sent.model_dump(exclude_unset=True)
    actions.change_contact(viewer=request.viewer, contact=contact, fields=fields, now=timezone.now())
    return _contact(request, visible.contact_for(request.viewer, contact_id))


@router.get("/contracts", response=ContractPage, exclude_unset=True, summary="List contracts")
def list_contracts(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the contracts with all their lines, past ones too."""
    require_reader(request.viewer)
    contracts = visible.contracts_visible_to(request.viewer).prefetch_related("lines")
    if page.account is not None:
        contracts = contracts.filter(account=_account_of(request, page.account))
    return page_of(contracts, query=page, order=["id"], shown=lambda row: _contract(request, row))


@router.post("/contracts", response={201: ContractOut}, summary="Add a contract")
def add_contract(request: Request, sent: ContractIn) -> Status:
    """Note a contract with its lines."""
    require_reader(request.viewer)
    fields = sent.model_dump()
    account = _account_of(request, fields.pop("account_id"))
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


@router.get("/notes", response=NotePage, exclude_unset=True, summary="List notes")
def list_notes(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the notes on customers."""
    require_reader(request.viewer)
    _note_reading(request, "note", None)
    notes = visible.notes_visible_to(request.viewer).select_related("author")
    if page.account is not None:
        notes = notes.filter(account=_account_of(request, page.account))
    return page_of(notes, query=page, order=["id"], shown=lambda row: _note(request, row))


@router.post("/notes", response={201: NoteOut}, summary="Write a note")
def write_note(request: Request, sent: NoteIn) -> Status:
    """Write a note on a customer as the token's member."""
    require_reader(request.viewer)
    account = _account_of(request, sent.account_id)
    note = actions.write_note(
        viewer=request.viewer, account=account, body=sent.body, is_internal=sent.is_internal, now=timezone.now()
    )
    return Status(201, _note(request, visible.note_for(request.viewer, note.pk)))


@router.get("/notes/{id:note_id}", response=NoteOut, summary="Read a note")
def read_note(request: Request, note_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _note(request, visible.note_for(request.viewer, note_id))


@router.patch("/notes/{id:note_id}", response=NoteOut, summary="Change a note")
def change_note(request: Request, note_id: int, sent: NotePatch) -> dict[str, Any]:
    """Change one's own note; what it was is kept."""
    require_reader(request.viewer)
    note = visible.note_for(request.viewer, note_id)
    is_internal = note.is_internal if sent.is_internal is None else sent.is_internal
    actions.edit_note(viewer=request.viewer, note=note, body=sent.body, is_internal=is_internal, now=timezone.now())
    return _note(request, visible.note_for(request.viewer, note_id))


def _note_reading(request: Request, what: str, number: int | None) -> None:
    """Write down, once an hour, that a program read one of these or a list of them."""
    audit.note_viewing(
        actor_id=request.viewer.member_id,
        page="api",
        subject=(what, number),
        now=timezone.now(),
        action="person.viewed" if number else "people.listed",
    )


def _account_of(request: Request, account_id: int) -> Account:
    """Return the account that a body or an address names; one that is not there is a mistake in the input."""
    account = (
        visible.accounts_visible_to(request.viewer).filter(pk=account_id).first() if 0 < account_id < 2**63 else None
    )
    if account is None:
        raise Refused(_("There is no customer with this number."), field="account_id")
    return account


def _of_view(request: Request, accounts: QuerySet[Account], view_id: int) -> QuerySet[Account]:
    """Narrow accounts to those of a saved view; a rule that cannot be asked is told, not answered by an empty list."""
    if not 0 < view_id < 2**63:
        raise Http404
    ruled = ruling_for(request.viewer, view=view_id, word="")
    if ruled.is_stopped or ruled.view is None:
        raise Refused(_("The conditions of this view ask for what is gone. Please mend them first."), field="view")
    said = QueryDict(ruled.view.query)
    wanted = lists.ListFilter.of(said, columns=[])
    found = lists.filtered(request.viewer, wanted, today=local_day(timezone.now()), ruling=ruled)
    return accounts.filter(pk__in=found.order_by().values("pk"))


def _view(request: Request, view: SavedView) -> dict[str, Any]:
    ruled = ruling_of(view)
    return {
        **{name: getattr(view, name) for name in ("id", "name", "is_shared")},
        "is_stopped": ruled.is_stopped,
        "sentence": ruled.sentence(request.viewer.language),
        "url": whole(request, f"/desk/customers/?{view.address}"),
    }


def _with_owner(fields: dict[str, Any]) -> dict[str, Any]:
    """Put the member in the place of the owner's handle."""
    if "owner" not in fields:
        return fields
    handle = fields.pop("owner")
    owner = Member.objects.filter(handle=handle).first() if handle else None
    if handle and owner is None:
        raise Refused(_("Please choose somebody of the team."), field="owner")
    return {**fields, "owner_id": owner.pk if owner else None}


def _account(request: Request, account: Account) -> dict[str, Any]:
    shown = {name: getattr(account, name) for name in ACCOUNT}
    owner = account.owner.handle if account.owner else ""
    return {**shown, "owner": owner, "url": whole(request, f"/desk/customers/{account.pk}/")}


def _contact(request: Request, contact: Contact) -> dict[str, Any]:
    names = ("account_id", "department", "title", "started_at", "ended_at")
    seats = sorted(contact.employments.all(), key=lambda seat: seat.pk)
    return {
        **{name: getattr(contact, name) for name in ("id", "name", "kana", "email", "phone", "external_id")},
        "member": contact.member.handle if contact.member else "",
        "employments": [{name: getattr(seat, name) for name in names} for seat in seats],
        "url": whole(request, f"/desk/contacts/{contact.pk}/"),
    }


def _contract(request: Request, contract: Contract) -> dict[str, Any]:
    lines = sorted(contract.lines.all(), key=lambda item: (item.starts_on, item.pk))
    return {
        **{name: getattr(contract, name) for name in CONTRACT},
        "lines": [{name: getattr(item, name) for name in LINE} for item in lines],
        "url": whole(request, f"/desk/contracts/{contract.pk}/"),
    }


def _note(request: Request, note: Note) -> dict[str, Any]:
    names = ("id", "account_id", "body", "html", "is_internal", "created_at", "edited_at")
    return {
        **{name: getattr(note, name) for name in names},
        "author": note.author.handle if note.author else "",
        "url": whole(request, f"/desk/customers/{note.account_id}/timeline/?channel=note#note-{note.pk}"),
    }
