"""Any past moment as it was: what we knew then (history), and what held on a day (dates of the rows)."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from kizuna.success.customers import money
from kizuna.success.customers.models import (
    Account,
    AccountChange,
    AccountOwnership,
    Contract,
    ContractChange,
    ContractLine,
    Employment,
)


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
