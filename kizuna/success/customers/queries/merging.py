"""What a merge would move, before it moves anything; and pairs that wait for a person."""

from typing import Any

from django.db.models import Model, QuerySet

from kizuna.base.registry import AccountRows, of
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    AccountDomain,
    Cancellation,
    Contract,
    Employment,
    MatchDecision,
    Merge,
    Note,
    Purchase,
    SuccessDefinition,
    Touchpoint,
)

# What of ours hangs on an account, with the column by which it does.
MOVED: dict[str, tuple[type[Model], str]] = {
    "contracts": (Contract, "account_id"),
    "billed": (Contract, "billing_account_id"),
    "people": (Employment, "account_id"),
    "notes": (Note, "account_id"),
    "purchases": (Purchase, "account_id"),
    "cancellations": (Cancellation, "account_id"),
    "domains": (AccountDomain, "account_id"),
    "values": (AccountAttributeValue, "account_id"),
    "successes": (SuccessDefinition, "account_id"),
    "children": (Account, "parent_id"),
    "touchpoints": (Touchpoint, "account_id"),
}


def tables() -> dict[str, tuple[type[Model], str]]:
    """Return everything that hangs on an account: our own rows, and those that higher apps declare."""
    return {**MOVED, **{rows.name: (rows.model(), rows.column) for rows in of(AccountRows)}}


def movable(name: str, *, kept: Account, absorbed: Account) -> list[int]:
    """Return the rows of one kind that would go over; what both have (a domain, a field, a person) stays where it is."""
    model, column = tables()[name]
    rows: QuerySet[Any] = model.objects.filter(**{column: absorbed.pk})  # type: ignore[attr-defined]
    if name == "people":
        rows = rows.exclude(contact__in=Employment.objects.filter(account=kept, ended_at=None).values("contact"))
    elif name == "domains":
        rows = rows.exclude(domain__in=AccountDomain.objects.filter(account=kept).values("domain"))
    elif name == "values":
        held = AccountAttributeValue.objects.filter(account=kept, ended_at=None)
        rows = rows.exclude(attribute__in=held.values("attribute"), ended_at=None)
    elif name == "children":
        rows = rows.exclude(pk=kept.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def preview(*, kept: Account, absorbed: Account) -> dict[str, int]:
    """Return how many rows of each kind a merge would move."""
    return {name: len(movable(name, kept=kept, absorbed=absorbed)) for name in tables()}


def merges_of(viewer: Viewer, account: Account) -> list[Merge]:
    """Return the merges into an account that can be undone, the latest first."""
    if not can_use_desk(viewer):
        return []
    return list(Merge.objects.filter(kept=account, undone_at=None).select_related("absorbed", "by").order_by("-at"))


def matches_waiting(viewer: Viewer, *, limit: int = 100) -> list[MatchDecision]:
    """Return pairs that wait for a person, the surest first."""
    if not can_use_desk(viewer):
        return []
    waiting = MatchDecision.objects.filter(verdict=MatchDecision.Verdict.PROPOSED)
    return list(waiting.select_related("account").order_by("-confidence", "id")[:limit])


def matches_made(viewer: Viewer, *, limit: int = 50) -> list[MatchDecision]:
    """Return what was linked without a person, the latest first: each can be refused."""
    if not can_use_desk(viewer):
        return []
    made = MatchDecision.objects.filter(verdict=MatchDecision.Verdict.AUTOMATIC)
    return list(made.select_related("account").order_by("-created_at", "-id")[:limit])
