"""The list of customers: filters, orders and pages by key, one index scan whatever the number of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.base.text import phones
from kizuna.base.web.numbers import whole
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import naming, seeing
from kizuna.success.customers.models import Account, AccountName, AccountNameTail, Employment
from kizuna.success.customers.queries.ruling import NO_RULE, Ruling
from kizuna.success.customers.queries.visible import accounts_visible_to

PAGE = 50
FEW = 5_000  # so many ids are named one by one; more are left to the database
LONGEST_RULE = 6_000  # letters in an address
COUNTED = 10_000  # beyond this a list says "more than"
DAYS = (30, 60, 90, 180)
SORTS = {
    "name": "reading",
    "renewal": "renews_on",
    "notice": "notice_by",
    "amount": "-monthly_amount",
    "touch": "-last_touched_at",
}
# Every column of the list but the name; the first ones are shown unless somebody chose others.
COLUMNS = (
    "owner",
    "state",
    "amount",
    "renewal",
    "notice",
    "touch",
    "fit",
    "kind",
    "region",
    "industry",
    "number",
    "since",
)
SHOWN = ("owner", "state", "amount", "renewal", "notice", "touch")
ASKED = ("kind", "fit")  # filters on a column of the same name


@dataclass(frozen=True)
class ListFilter:
    """What a list was narrowed to, as its address says it. `owner`: "" anybody, "none", or a member's id."""

    text: str = ""
    state: str = ""
    owner: str = ""
    kind: str = ""
    fit: str = ""
    renews_within: int = 0
    notice_within: int = 0
    has_touch: bool = False
    sort: str = "name"
    # A saved view by its number, or a rule as one word of the address (`queries.ruling`).
    view: int = 0
    rule: str = ""
    columns: tuple[str, ...] = SHOWN
    # The columns of whoever chose none.
    usual: tuple[str, ...] = SHOWN

    @classmethod
    def of(cls, params: Mapping[str, Any], *, columns: list[str] | None = None) -> "ListFilter":
        """Read an address; what makes no sense in it is left out."""
        given = {
            name: str(params.get(name, ""))[:100].replace("\x00", "")
            for name in ("q", "state", "owner", "kind", "fit", "sort")
        }
        shown = tuple(name for name in COLUMNS if name in (columns or ()))
        return cls(
            text=given["q"].strip(),
            state=given["state"] if given["state"] in Account.State.values else "",
            owner=given["owner"] if given["owner"] in ("none", "me") or whole(given["owner"]) is not None else "",
            kind=given["kind"] if given["kind"] in Account.Kind.values else "",
            fit=given["fit"] if given["fit"] in Account.Fit.values else "",
            renews_within=_days(params.get("renews")),
            notice_within=_days(params.get("notice")),
            has_touch=str(params.get("touch", "")) == "1",
            sort=given["sort"] if given["sort"] in SORTS else "name",
            columns=shown or SHOWN,
            view=whole(str(params.get("view", ""))) or 0,
            rule=str(params.get("rule", ""))[: LONGEST_RULE + 1],
        )

    def query(self) -> list[tuple[str, str]]:
        """Return the filter as parts of an address: what is as usual is not said."""
        said = [
            ("view", str(self.view or "")),
            ("rule", "" if self.view else self.rule),
            ("q", self.text),
            ("state", self.state),
            ("owner", self.owner),
            ("kind", self.kind),
            ("fit", self.fit),
            ("renews", str(self.renews_within or "")),
            ("notice", str(self.notice_within or "")),
            ("touch", "1" if self.has_touch else ""),
            ("sort", "" if self.sort == "name" else self.sort),
        ]
        columns = [] if self.columns == self.usual else [("col", name) for name in self.columns]
        return [(name, value) for name, value in said if value] + columns

    @property
    def has_rule(self) -> bool:
        return bool(self.view or self.rule)

    def without_rule(self) -> "ListFilter":
        return replace(self, view=0, rule="")

    def but(self, **changes: Any) -> "ListFilter":
        return replace(self, **changes)

    def seen_by(self, viewer: Viewer) -> "ListFilter":
        """Return the filter without columns and order that rest on what the viewer does not see."""
        hidden = seeing.hidden_fields(viewer)
        if not hidden:
            return self
        columns, usual = (tuple(name for name in names if name not in hidden) for names in (self.columns, self.usual))
        return replace(self, columns=columns, usual=usual, sort="name" if self.sort in hidden else self.sort)

    def hidden_groups(self, viewer: Viewer) -> set[str]:
        """Return the groups on which its filters rest and that the viewer does not see: then it lists nobody."""
        hidden = seeing.hidden_fields(viewer)
        return {seeing.GROUP_OF[name] for name in ASKED if name in hidden and getattr(self, name)}


@dataclass(frozen=True)
class AccountPage:
    """A part of a list. `total` is how many there are where it is known already; FEW + 1 means more than FEW."""

    accounts: list[Account]
    after: str
    total: int | None = None


def filtered(viewer: Viewer, wanted: ListFilter, *, today: date, ruling: Ruling = NO_RULE) -> QuerySet[Account]:
    """Return the accounts that a filter and its rule leave; merged ones only when asked for."""
    accounts = _filtered(viewer, wanted, today=today)
    return ruling.narrowed(
        by_name(accounts, wanted.text, phone=phone_asked(viewer, wanted.text)) if wanted.text else accounts, today=today
    )


def _filtered(viewer: Viewer, wanted: ListFilter, *, today: date) -> QuerySet[Account]:
    accounts = accounts_visible_to(viewer)
    if wanted.hidden_groups(viewer):
        return accounts.none()
    accounts = accounts.filter(state=wanted.state) if wanted.state else accounts.exclude(state=Account.State.MERGED)
    if wanted.owner:
        owner_id = {"none": None, "me": viewer.member_id}.get(wanted.owner, whole(wanted.owner))
        accounts = accounts.filter(owner_id=owner_id)
    for name in ASKED:
        if value := getattr(wanted, name):
            accounts = accounts.filter(**{name: value})
    if wanted.renews_within:
        accounts = accounts.filter(renews_on__gte=today, renews_on__lte=today + timedelta(days=wanted.renews_within))
    if wanted.notice_within:
        accounts = accounts.filter(notice_by__gte=today, notice_by__lte=today + timedelta(days=wanted.notice_within))
    if wanted.has_touch:
        accounts = accounts.filter(community_touch=True)
    return accounts


def phone_asked(viewer: Viewer, text: str) -> str:
    """Return the key of a telephone number that was typed; "" for other words, and where telephones are hidden."""
    return phones.key_of(text) if phones.is_number(text) and seeing.sees(viewer, seeing.CONTACT) else ""


def by_name(accounts: QuerySet[Account], text: str, *, phone: str = "") -> QuerySet[Account]:
    """Narrow to accounts one of whose names holds the text, in any spelling, or whose number or telephone it is."""
    ids, part = _few_named(text, phone)
    if not part:
        return accounts.filter(pk__in=ids)
    named = _named(part).values_list("account_id", flat=True)
    if not ids:
        return accounts.filter(pk__in=named)
    return accounts.filter(pk__in=named.union(Account.objects.filter(pk__in=ids).values_list("pk", flat=True)))


def _page_by_name(accounts: QuerySet[Account], text: str, *, phone: str) -> QuerySet[Account]:
    """Narrow as `by_name` does, for a page: where many bear the name, an ordered walk that asks each row is soon full."""
    ids, part = _few_named(text, phone)
    if not part:
        return accounts.filter(pk__in=ids)
    # By its few names, not by tails: PostgreSQL would go through the whole range of them for each account.
    own = AccountName.objects.filter(account=OuterRef("pk"), folded__contains=part)
    return accounts.filter(Exists(own) | Q(pk__in=ids) if ids else Exists(own))


def _few_named(text: str, phone: str) -> tuple[set[int], str]:
    """Return whom the text finds, and ""; where many bear it, only whose number it is, and the folded text to look for."""
    part = naming.wanted(text)
    # Ids first, each by its own index: one condition with "or" would read every account.
    ids = set(Account.objects.filter(external_id=text).exclude(external_id="").values_list("pk", flat=True))
    ids |= set(Account.objects.filter(corporate_number=text).exclude(corporate_number="").values_list("pk", flat=True))
    ids |= _called(phone) if phone else set()
    if not part:
        return ids, ""
    found = set(_named(part).values_list("account_id", flat=True)[: FEW + 1])
    return (ids | found, "") if len(found) <= FEW else (ids, part)


def _called(phone: str) -> set[int]:
    """Return the accounts of a telephone number: their own, or that of somebody who works there."""
    own = Account.objects.filter(phone_key=phone).exclude(phone_key="")
    people = Employment.objects.filter(contact__phone_key=phone, ended_at=None).exclude(contact__phone_key="")
    return set(own.values_list("pk", flat=True)[:FEW]) | set(people.values_list("account_id", flat=True)[:FEW])


def _named(part: str) -> QuerySet[AccountNameTail]:
    """Return the tails of names that hold a folded text: one range of an index, however short the text is."""
    first = part[: naming.TAIL_LETTERS].encode()
    tails = AccountNameTail.objects.filter(tail__gte=first, tail__lt=first + b"\xff").order_by()
    if len(part) <= naming.TAIL_LETTERS:
        return tails
    return tails.filter(Exists(AccountName.objects.filter(account=OuterRef("account_id"), folded__contains=part)))


def page_of_accounts(
    viewer: Viewer,
    wanted: ListFilter,
    *,
    today: date,
    after: str = "",
    limit: int | None = None,
    ruling: Ruling = NO_RULE,
) -> AccountPage:
    """Return a part of the list after the key of the part before; accounts without the sorted value come last."""
    limit, wanted = limit or PAGE, wanted.seen_by(viewer)
    accounts, total = _to_page(viewer, wanted, today=today, ruling=ruling)
    column = SORTS[wanted.sort].lstrip("-")
    key = _read_key(after)
    found: list[Account] = []
    if key is None or key[0]:
        found = list(_valued(accounts, wanted.sort, key)[: limit + 1])
        key = None
    if len(found) <= limit and column in ("renews_on", "notice_by", "last_touched_at"):
        rest = accounts.filter(**{f"{column}__isnull": True}).order_by("id")
        rest = rest.filter(id__gt=key[1]) if key else rest
        found += list(rest.select_related("owner")[: limit + 1 - len(found)])
    last = found[limit - 1] if len(found) > limit else None
    return AccountPage(accounts=found[:limit], after=_key(last, column) if last else "", total=total)


def _to_page(
    viewer: Viewer, wanted: ListFilter, *, today: date, ruling: Ruling
) -> tuple[QuerySet[Account], int | None]:
    """Return what a page is cut from, and how many there are. Few who fit a rule are named; of many the first are found on a walk."""
    accounts = _filtered(viewer, wanted, today=today)
    paged = _page_by_name(accounts, wanted.text, phone=phone_asked(viewer, wanted.text)) if wanted.text else accounts
    if ruling.rule is None or ruling.is_stopped:
        return ruling.narrowed(paged, today=today), None
    fitting = filtered(viewer, wanted, today=today, ruling=ruling).order_by()
    ids = list(fitting.values_list("pk", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return accounts_visible_to(viewer).filter(pk__in=ids), len(ids)
    return ruling.narrowed(paged, today=today, is_walked=True), len(ids)


def counted(accounts: QuerySet[Account]) -> int:
    """Count a list, to COUNTED and one more: beyond that nobody reads the number."""
    return accounts.order_by()[: COUNTED + 1].count()


def _valued(accounts: QuerySet[Account], sort: str, key: list[Any] | None) -> QuerySet[Account]:
    order = SORTS[sort]
    column, is_down = order.lstrip("-"), order.startswith("-")
    if column in ("renews_on", "notice_by", "last_touched_at"):
        accounts = accounts.filter(**{f"{column}__isnull": False})
    if key is not None:
        value = _typed(column, key[0])
        side = "lt" if is_down else "gt"
        # The first part is where the index is entered; the second leaves out what was shown of the equal ones.
        accounts = accounts.filter(
            Q(**{f"{column}__{side}e": value}),
            Q(**{f"{column}__{side}": value}) | Q(id__gt=key[1]),
        )
    return accounts.order_by(order, "id").select_related("owner")


def _key(account: Account, column: str) -> str:
    value = getattr(account, column)
    if value is None:
        return cursor(["", account.pk])
    # A letter in front, so that an empty reading is not taken for a missing value.
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return cursor([f"v{text}", account.pk])


def _read_key(after: str) -> list[Any] | None:
    if not after:
        return None
    return read_cursor(after, types=[str, int])


def _typed(column: str, text: str) -> Any:
    text = text.removeprefix("v")
    try:
        if column == "monthly_amount":
            return int(text)
        if column == "last_touched_at":
            return datetime.fromisoformat(text)
        return text if column == "reading" else date.fromisoformat(text)
    except ValueError:
        raise BadCursor(text) from None


def _days(value: Any) -> int:
    return next((days for days in DAYS if str(days) == str(value)), 0)
