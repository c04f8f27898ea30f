"""Read what was sent for a row: shape, length and sense, before anything is written. Importers ask the same for a dry run."""

import re
from collections.abc import Mapping, Sized
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused
from kizuna.success.customers.matching import numbers
from kizuna.success.customers.models import Account, Contract, Purchase

CHUNK = 1000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CURRENCY = re.compile(r"[A-Z]{3}")
MOST = 2**53  # what JSON and every language in between can carry


def require_chunk(rows: Sized) -> None:
    """Raise ValueError when more is given than one transaction may hold."""
    if len(rows) > CHUNK:
        raise ValueError(f"At most {CHUNK} rows a call.")


def line(row: Mapping[str, Any], name: str, *, longest: int, required: bool = False) -> str:
    """Return a field of one line: trimmed, without control characters."""
    text = str(row.get(name) or "")
    if (
        not text.isprintable() or "  " in text or text[:1] == " " or text[-1:] == " "
    ):  # most are plain: several times faster
        text = " ".join(_CONTROLS.sub(" ", text).split())
    if required and not text:
        raise Refused(_("Please fill this in."), field=name, code="empty")
    if len(text) > longest:
        raise Refused(_("This is too long."), field=name, code="too_long")
    return text


def text_of(row: Mapping[str, Any], name: str, *, longest: int) -> str:
    """Return a field of several lines."""
    text = _CONTROLS.sub("", str(row.get(name) or "")).strip()
    if len(text) > longest:
        raise Refused(_("This is too long."), field=name, code="too_long")
    return text


def choice(row: Mapping[str, Any], name: str, *, among: Any, default: str) -> str:
    value = str(row.get(name) or default)
    if value not in among._value2member_map_:  # its `values` are made anew for each row
        raise Refused(_("Please choose from the list."), field=name)
    return value


def whole(row: Mapping[str, Any], name: str, *, least: int = 0, most: int = MOST, default: int | None = None) -> int:
    """Return a whole number within bounds."""
    value = row.get(name)
    if value is None or value == "":
        value = default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(_("Please enter a whole number in the allowed range."), field=name)
    return value


def day(row: Mapping[str, Any], name: str, *, required: bool = False) -> date | None:
    value = row.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, date) or not 1900 <= value.year <= 2200:
        raise Refused(_("Please enter a day."), field=name)
    return value


def currency(row: Mapping[str, Any]) -> str:
    value = str(row.get("currency") or "JPY").upper()
    if not _CURRENCY.fullmatch(value):
        raise Refused(_("Please enter a currency of three letters, such as JPY."), field="currency")
    return value


def email(row: Mapping[str, Any]) -> str:
    value = line(row, "email", longest=254)
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise Refused(_("This is no e-mail address."), field="email") from None
    return value


def checked_account(row: Mapping[str, Any], *, own_id: int | None = None) -> dict[str, Any]:
    """Return the fields of an account as they will be stored, or raise Refused with the field at fault."""
    number = str(row.get("corporate_number") or "").strip()
    if number and not (number := numbers.corporate_number_of(number)):
        raise Refused(
            _("This corporate number is wrong: thirteen digits, of which the first checks the others."),
            field="corporate_number",
        )
    parent_id = row.get("parent_id")
    if parent_id is not None and (parent_id == own_id or not Account.objects.filter(pk=parent_id).exists()):
        raise Refused(_("Please choose from the list."), field="parent")
    count = row.get("employee_count")
    return {
        "kind": choice(row, "kind", among=Account.Kind, default=Account.Kind.FIRM),
        "name": line(row, "name", longest=160, required=True),
        "kana": line(row, "kana", longest=160),
        "parent_id": parent_id,
        "external_id": line(row, "external_id", longest=120),
        "corporate_number": number,
        "industry": line(row, "industry", longest=60),
        "region": line(row, "region", longest=60),
        "phone": line(row, "phone", longest=30),
        "employee_count": None if count in (None, "") else whole(row, "employee_count", most=10_000_000),
        "fit": choice(row, "fit", among=Account.Fit, default=Account.Fit.UNKNOWN),
        "fit_reason": line(row, "fit_reason", longest=400),
        "community_touch": bool(row.get("community_touch")),
        "owner_id": row.get("owner_id"),
    }


def checked_contact(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a person as they will be stored."""
    return {
        "name": line(row, "name", longest=80, required=True),
        "kana": line(row, "kana", longest=80),
        "email": email(row),
        "phone": line(row, "phone", longest=30),
        "external_id": line(row, "external_id", longest=120),
        "recommends": bool(row.get("recommends")),
    }


def checked_contract(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a contract as they will be stored; days must follow one another."""
    starts_on, ends_on = day(row, "starts_on", required=True), day(row, "ends_on")
    notice_by = day(row, "notice_by")
    assert starts_on is not None
    if ends_on and ends_on < starts_on:
        raise Refused(_("The end lies before the beginning."), field="ends_on")
    if notice_by and ends_on and notice_by > ends_on:
        raise Refused(_("The notice deadline lies after the end of the term."), field="notice_by")
    return {
        "external_id": line(row, "external_id", longest=120),
        "title": line(row, "title", longest=120),
        "currency": currency(row),
        "billing": choice(row, "billing", among=Contract.Billing, default=Contract.Billing.MONTHLY),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "term_months": whole(row, "term_months", least=1, most=120, default=12),
        "is_auto_renewed": bool(row.get("is_auto_renewed", True)),
        "notice_by": notice_by,
    }


def checked_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of a contract as it will be stored."""
    return {
        "product": line(row, "product", longest=80, required=True),
        "plan": line(row, "plan", longest=80),
        "seats": whole(row, "seats", least=1, most=10_000_000, default=1),
        "unit_price": whole(row, "unit_price", most=10**13),
        "tax_percent": whole(row, "tax_percent", most=100, default=10),
    }


def checked_cancellation(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cancellation as it will be stored."""
    return {
        "external_id": line(row, "external_id", longest=120),
        "cancelled_on": day(row, "cancelled_on", required=True),
        "reason": line(row, "reason", longest=120),
        "told": text_of(row, "told", longest=4_000),
    }


def checked_purchase(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a purchase as it will be stored; what is returned counts against the customer's total."""
    kind = choice(row, "kind", among=Purchase.Kind, default=Purchase.Kind.REPEAT)
    amount = whole(row, "amount", least=-(10**13), most=10**13, default=0)
    return {
        "external_id": line(row, "external_id", longest=120),
        "kind": kind,
        "product": line(row, "product", longest=120, required=True),
        "quantity": whole(row, "quantity", most=10_000_000, default=1),
        "amount": -abs(amount) if kind == Purchase.Kind.RETURN else amount,
        "tax_percent": whole(row, "tax_percent", most=100, default=10),
        "currency": currency(row),
        "purchased_on": day(row, "purchased_on", required=True),
    }
