"""Numbers, days and money as both languages write them."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import override

from kizuna.base.rules.facts import Fact, Kind

# Currencies without a smaller unit; every other one has hundredths.
WHOLE_CURRENCIES = frozenset({"JPY", "KRW"})


def number(value: Any) -> str:
    """Return a number with thousands separated and no needless decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def money(fact: Fact, value: int, language: str) -> str:
    """Return an amount of minor units in the fact's currency."""
    if fact.currency in WHOLE_CURRENCIES:
        shown = f"{value:,}"
    else:
        shown = f"{value / 100:,.2f}"
    if fact.currency == "JPY":
        return f"{shown}円" if language == "ja" else f"¥{shown}"
    return f"{shown} {fact.currency}"


def amount(fact: Fact, value: Any, language: str) -> str:
    """Return a number with the unit of its fact."""
    if fact.kind == Kind.MONEY:
        return money(fact, value, language)
    unit = fact.unit.get(language, "")
    if language == "ja":
        return number(value) + unit
    if fact.kind == Kind.COUNT:
        return number(value)
    return f"{number(value)} {unit}".strip()


def day(value: date | str, language: str) -> str:
    """Return a day as it is written everywhere."""
    with override(language):
        return date_format(value if isinstance(value, date) else date.fromisoformat(value), "DATE_FORMAT")
