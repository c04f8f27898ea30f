"""Sums over contracts on a day: what a month brings, when the next term ends. Pure; amounts are minor units before tax."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from kizuna.success.customers.models import Contract, ContractLine


def monthly_amount(contract: Contract, lines: Iterable[ContractLine], *, on: date) -> int:
    """Return what the contract brings a month on a day; a year paid in advance counts a twelfth, rounded half up."""
    if not contract.holds_on(on):
        return 0
    total = sum(item.amount for item in lines if item.holds_on(on))
    return (total + 6) // 12 if contract.billing == Contract.Billing.YEARLY else total


def later(day: date, *, months: int) -> date:
    """Return the day so many months on; the last day of a month stays the last day of a month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    length = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, length if is_last else min(day.day, length))
