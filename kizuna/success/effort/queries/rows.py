"""Which rows a viewer may see, and what stands around them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.web.numbers import whole
from kizuna.core.community.queries import setting
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Merge
from kizuna.success.effort import readers
from kizuna.success.effort.models import Effort, EffortFunction, EffortTimer, Touch
from kizuna.success.effort.settings import TIMER_HOURS

WITHOUT_TOUCH = "none"


def efforts_visible_to(viewer: Viewer) -> QuerySet[Effort]:
    """Return one's own rows; with the desk also those of customers; for owners and admins all."""
    rows = Effort.objects.filter(is_removed=False)
    if not readers.can_see_effort(viewer):
        return rows.none()
    if readers.can_see_people(viewer):
        return rows
    own = Q(member_id=viewer.own_id)
    return rows.filter(own | Q(account__isnull=False)) if can_use_desk(viewer) else rows.filter(own)


def effort_for(viewer: Viewer, effort_id: int) -> Effort:
    """Return a row, or Http404."""
    row = efforts_visible_to(viewer).select_related("function", "account", "contact", "member").filter(pk=effort_id)
    if (found := row.first()) is None:
        raise Http404
    return found


def functions(*, with_retired: bool = False) -> list[EffortFunction]:
    """Return the functions in their order."""
    rows = EffortFunction.objects.order_by("position", "pk")
    return list(rows if with_retired else rows.filter(is_retired=False))


def timer_of(viewer: Viewer) -> EffortTimer | None:
    """Return the viewer's running timer."""
    return EffortTimer.objects.select_related("function", "account").filter(member_id=viewer.own_id).first()


def timer_limit() -> timedelta:
    """Return how long a timer may run before it counts as forgotten."""
    return timedelta(hours=setting(TIMER_HOURS))


def accounts_behind(account_ids: Iterable[int]) -> dict[int, int]:
    """Return {account: the account it counts for}: absorbed ones count for the one that was kept."""
    kept = {pk: pk for pk in account_ids}
    found = list(kept)
    while found:
        pairs = Merge.objects.filter(kept_id__in=found, undone_at=None).values_list("absorbed_id", "kept_id")
        new = {absorbed: kept[keeper] for absorbed, keeper in pairs if absorbed not in kept}
        kept |= new
        found = list(new)
    return kept


def standing_account(account_id: int | None) -> int | None:
    """Return the account that an account counts for today."""
    seen: set[int] = set()
    while account_id is not None and account_id not in seen:
        seen.add(account_id)
        keeper = Merge.objects.filter(absorbed_id=account_id, undone_at=None).values_list("kept_id", flat=True).first()
        if keeper is None:
            break
        account_id = keeper
    return account_id


@dataclass(frozen=True)
class RowFilter:
    """What a list of rows is narrowed to. Days are inclusive."""

    since: date
    until: date
    function: str = ""
    touch: str = ""
    how: str = ""
    account: int | None = None
    member: str = ""

    @staticmethod
    def of(given: Any, *, today: date, days: int = 30) -> "RowFilter":
        """Return the filter an address asks for; what makes no sense is left out."""
        until = _day(given.get("to", "")) or today
        since = _day(given.get("from", "")) or until - timedelta(days=days - 1)
        if since > until:
            since, until = until, since
        touch = given.get("touch", "")
        return RowFilter(
            since=since,
            until=until,
            function=given.get("function", "")[:40],
            touch=touch if touch in (*Touch.values, WITHOUT_TOUCH) else "",
            how=how if (how := given.get("how", "")) in Effort.How.values else "",
            account=whole(given.get("account", "")),
            member=given.get("member", "")[:30],
        )

    def but(self, **changes: Any) -> "RowFilter":
        return replace(self, **changes)

    def query(self) -> dict[str, str]:
        """Return the filter as parts of an address."""
        said = {
            "from": self.since.isoformat(), "to": self.until.isoformat(), "function": self.function, "touch": self.touch,
            "how": self.how, "account": str(self.account or ""), "member": self.member,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


def filtered(rows: QuerySet[Effort], wanted: RowFilter) -> QuerySet[Effort]:
    """Return the rows that fit the filter."""
    rows = rows.filter(day__gte=wanted.since, day__lte=wanted.until)
    if wanted.function:
        rows = rows.filter(function__slug=wanted.function)
    if wanted.touch:
        rows = rows.filter(touch="" if wanted.touch == WITHOUT_TOUCH else wanted.touch)
    if wanted.how:
        rows = rows.filter(how=wanted.how)
    if wanted.account is not None:
        rows = rows.filter(account_id__in=list(accounts_behind([wanted.account])))
    if wanted.member:
        rows = rows.filter(member__handle=wanted.member)
    return rows


def account_named(viewer: Viewer, number: int | None) -> Account | None:
    """Return the account of a filter, as far as the viewer has the desk."""
    return Account.objects.filter(pk=number).first() if number and can_use_desk(viewer) else None


def personal_rows_of(person: Member) -> dict[str, list[dict[str, Any]]]:
    """Return what is kept of a person: their hours and their running timer."""
    names = ("day", "minutes", "function__slug", "touch", "note", "how", "started_at", "ended_at")
    timer = ("started_at", "function__slug", "touch", "note")
    return {
        "effort": list(Effort.objects.filter(member=person).order_by("day", "pk").values(*names)),
        "effort_timer": list(EffortTimer.objects.filter(member=person).values(*timer)),
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1990, 1, 1) <= day <= date(2999, 1, 1) else None
