"""Accounts in the REST API, and saved views of them."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, seeing
from kizuna.success.customers.api.asking import HIDDEN, note_reading, seen, with_owner
from kizuna.success.customers.models import Account, SavedView
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import lists, visible
from kizuna.success.customers.queries.ruling import ruling_for, ruling_of

router = Router(tags=["customers"])
ACCOUNT = (
    "id", "kind", "name", "kana", "external_id", "corporate_number", "industry", "region", "phone", "employee_count", "state",
    "fit", "fit_reason", "community_touch", "parent_id", "monthly_amount", "currency", "customer_since", "renews_on", "notice_by",
    "next_review_on", "last_touched_at", "created_at", "updated_at",
)  # fmt: skip


class AccountFields(Input):
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
    phone: str | None = Field(description=HIDDEN)
    employee_count: int | None
    state: str = Field(description="`prospect`, `active`, `ended` or `merged`.")
    fit: str | None = Field(description=HIDDEN)
    fit_reason: str | None = Field(description=HIDDEN)
    community_touch: bool
    parent_id: int | None
    owner: str = Field(description="The handle of the account owner, or empty.")
    monthly_amount: int | None = Field(description=f"Before tax, in minor units of `currency`; {HIDDEN}.")
    currency: str | None = Field(description=HIDDEN)
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
    is_stopped: bool = Field(
        description="Its rule names what is gone, or it rests on fields hidden from your role: it lists nobody."
    )
    sentence: str = Field(description="Its rule in words, in the token's language; empty without one.")
    url: str


class ViewPage(PageOut):
    items: list[ViewOut]


@router.get("/accounts", response=AccountPage, exclude_unset=True, summary="List accounts")
def list_accounts(request: Request, page: Query[AccountQuery]) -> dict[str, Any]:
    """List the customers, those added first at the top."""
    require_reader(request.viewer)
    note_reading(request, "account", None)
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
    fields = with_owner(sent.model_dump())
    account = actions.create_account(viewer=request.viewer, fields=fields, now=timezone.now())
    return Status(201, _account(request, visible.account_for(request.viewer, account.pk)))


@router.get("/accounts/{id:account_id}", response=AccountOut, summary="Read an account")
def read_account(request: Request, account_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    note_reading(request, "account", account.pk)
    return _account(request, account)


@router.patch("/accounts/{id:account_id}", response=AccountOut, summary="Change an account")
def change_account(request: Request, account_id: int, sent: AccountPatch) -> dict[str, Any]:
    """Change the fields that are sent; the others stay."""
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    fields = with_owner(sent.model_dump(exclude_unset=True))
    actions.change_account(viewer=request.viewer, account=account, fields=fields, now=timezone.now())
    return _account(request, visible.account_for(request.viewer, account_id))


def _of_view(request: Request, accounts: QuerySet[Account], view_id: int) -> QuerySet[Account]:
    """Narrow accounts to those of a saved view; a rule that cannot be asked is told, not answered by an empty list."""
    if not 0 < view_id < 2**63:
        raise Http404
    ruled = ruling_for(request.viewer, view=view_id, word="")
    wanted = lists.ListFilter.of(QueryDict(ruled.view.query if ruled.view else ""), columns=[])
    if hidden := {*ruled.hidden, *wanted.hidden_groups(request.viewer)}:
        words = {"groups": ", ".join(seeing.labels(hidden))}
        raise Refused(_("This view rests on “%(groups)s”, which your role does not see.") % words, field="view")
    if ruled.is_stopped or ruled.view is None:
        raise Refused(_("The conditions of this view ask for what is gone. Please mend them first."), field="view")
    found = lists.filtered(request.viewer, wanted, today=local_day(timezone.now()), ruling=ruled)
    return accounts.filter(pk__in=found.order_by().values("pk"))


def _view(request: Request, view: SavedView) -> dict[str, Any]:
    ruled = ruling_of(request.viewer, view)
    wanted = lists.ListFilter.of(QueryDict(view.query), columns=[])
    return {
        **{name: getattr(view, name) for name in ("id", "name", "is_shared")},
        "is_stopped": ruled.is_stopped or bool(wanted.hidden_groups(request.viewer)),
        "sentence": ruled.sentence(request.viewer.language),
        "url": whole(request, f"/desk/customers/?{view.address}"),
    }


def _account(request: Request, account: Account) -> dict[str, Any]:
    shown = seen(request, account, ACCOUNT)
    owner = account.owner.handle if account.owner else ""
    return {**shown, "owner": owner, "url": whole(request, f"/desk/customers/{account.pk}/")}
