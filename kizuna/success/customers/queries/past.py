"""Any past moment as it was: what we knew then (history), and what held on a day (dates of the rows)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.success.customers import money
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    AccountChange,
    AccountOwnership,
    Contract,
    ContractChange,
    ContractLine,
    Employment,
    SuccessDefinition,
)


@dataclass(frozen=True)
class PastContract:
    """A contract that was in force on a day, with the lines that held, and what it brought a month."""

    contract: Contract
    lines: list[ContractLine]
    amount: int


@dataclass(frozen=True)
class PastAccount:
    """An account on a day: `known` is what was written down by its end (None: nothing yet), the rest what held by its dates."""

    day: date
    known: dict[str, Any] | None
    owner: Member | None
    people: list[Employment]
    contracts: list[PastContract]
    values: list[AccountAttributeValue]
    success: SuccessDefinition | None


def account_on(account: Account, *, day: date) -> PastAccount:
    """Return an account as it was on a day of the community's time zone."""
    at = _end_of(day)
    values = AccountAttributeValue.objects.filter(account=account, started_at__lte=at).select_related("attribute")
    agreed = SuccessDefinition.objects.filter(account=account, created_at__lte=at).order_by("-created_at", "-id")
    return PastAccount(
        day=day,
        known=account_as_of(account, at=at),
        owner=Member.objects.filter(pk=owner_as_of(account, at=at) or 0).first(),
        people=people_as_of(account, at=at),
        contracts=contracts_on(account, day=day),
        values=list(values.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("attribute__position", "pk")),
        success=agreed.first(),
    )


def contracts_on(account: Account, *, day: date) -> list[PastContract]:
    """Return the contracts that were in force on a day, by their dates as we know them now."""
    rows = Contract.objects.filter(account=account, starts_on__lte=day).prefetch_related("lines")
    found = []
    for contract in rows.order_by("starts_on", "pk"):
        if contract.holds_on(day):
            lines = [item for item in contract.lines.all() if item.holds_on(day)]
            found.append(PastContract(contract, lines, money.monthly_amount(contract, lines, on=day)))
    return found


def _end_of(day: date) -> datetime:
    zone = ZoneInfo(community.setting(keys.TIME_ZONE))
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)


def account_as_of(account: Account, *, at: datetime) -> dict[str, Any] | None:
    """Return the account's facts as they were known at a moment, None before it was known."""
    row = AccountChange.objects.filter(account=account, at__lte=at).order_by("-at", "-id").first()
    return row.state if row else None


def contract_as_of(contract: Contract, *, at: datetime) -> dict[str, Any] | None:
    """Return a contract with its lines as it was known at a moment."""
    row = ContractChange.objects.filter(contract=contract, at__lte=at).order_by("-at", "-id").first()
    return row.state if row else None


def owner_as_of(account: Account, *, at: datetime) -> int | None:
    """Return who owned the account at a moment."""
    then = AccountOwnership.objects.filter(account=account, started_at__lte=at)
    return then.filter(Q(ended_at=None) | Q(ended_at__gt=at)).values_list("member_id", flat=True).first()


def people_as_of(account: Account, *, at: datetime) -> list[Employment]:
    """Return who worked at the account at a moment."""
    then = Employment.objects.filter(account=account, started_at__lte=at).select_related("contact")
    return list(then.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("contact__reading", "pk"))


def monthly_amount_on(account: Account, *, day: date) -> int:
    """Return what the account's contracts brought a month on a day."""
    contracts = list(Contract.objects.filter(account=account, starts_on__lte=day))
    lines = list(ContractLine.objects.filter(contract__in=contracts))
    return sum(
        money.monthly_amount(contract, [item for item in lines if item.contract_id == contract.pk], on=day)
        for contract in contracts
    )
