"""Amounts of a table: which currency they are in, and how many of its smallest units."""

from decimal import Decimal
from typing import Any

from kizuna.success.customers import money
from kizuna.success.imports.records import Context, Plan

USUAL = "JPY"
Said = tuple[Decimal, str]  # the number, and the currency whose sign stands beside it


def currency_of(said: str, amount: Said | None) -> str:
    """Return the currency of an amount: what the row or the thing itself says, else the sign beside it, else yen."""
    return said or (amount[1] if amount else "") or USUAL


def told(said: str, currency: str) -> dict[str, str]:
    """Return the currency as a field, where a sign alone told it."""
    return {"currency": currency} if currency not in (said, USUAL) else {}


def minor_units(item: Plan, name: str, currency: str, context: Context) -> int:
    """Return the amount of a field. The row is bad where its sign is of another currency, or a part of a unit is left over."""
    amount: Said | None = item.row.values.get(name)
    if amount is None:
        return 0
    number, sign = amount
    # A dollar sign is that of many; only yen are told apart from it.
    if sign and sign != currency and USUAL in (sign, currency):
        item.refuse(context.header(name), "other_currency", value=_shown(amount))
        return 0
    try:
        return money.minor_units(number, currency)
    except ValueError:
        item.refuse(context.header(name), "part_of_a_unit", value=_shown(amount))
        return 0


def _shown(amount: Any) -> str:
    return f"{amount[0]} {amount[1]}".strip()
