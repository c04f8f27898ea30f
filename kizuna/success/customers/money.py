"""Sums over contracts on a day: what a month brings, when the next term ends. Pure; amounts are minor units before tax."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kizuna.success.customers.models import Contract, ContractLine

WITHOUT_MINOR_UNITS = frozenset({"JPY", "KRW", "VND", "CLP"})  # every other currency has a hundred


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount as people write it (12.50 dollars) in minor units. Raises ValueError for a part of one."""
    units = amount if currency in WITHOUT_MINOR_UNITS else amount * 100
    if units != units.to_integral_value():
        raise ValueError(f"{amount} {currency} is no whole number of minor units")
    return int(units)


def written(amount: int, currency: str) -> int | Decimal:
    """Return minor units as people write the amount: whole yen, dollars with their cents."""
    return amount if currency in WITHOUT_MINOR_UNITS else Decimal(amount).scaleb(-2)


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
