"""Words of the desk: states, kinds, reasons of a match, amounts of money, days left."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kizuna.base.registry import AccountRows, by_name
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import money, seeing
from kizuna.success.customers.models import Account, AccountAttribute, Contract, ContractChange, Purchase

STATES = {
    Account.State.PROSPECT: gettext_lazy("Before a contract"),
    Account.State.ACTIVE: gettext_lazy("Under contract"),
    Account.State.ENDED: gettext_lazy("Contract ended"),
    Account.State.MERGED: gettext_lazy("Merged"),
}
STATE_TONES = {Account.State.ACTIVE: "good", Account.State.ENDED: "bad"}
KINDS = {
    Account.Kind.FIRM: gettext_lazy("Company"),
    Account.Kind.PERSON: pgettext_lazy("kind of customer", "Individual"),
    Account.Kind.HOUSEHOLD: gettext_lazy("Household"),
}
FITS = {
    Account.Fit.YES: gettext_lazy("Fits"),
    Account.Fit.NO: gettext_lazy("Does not fit"),
    Account.Fit.UNKNOWN: gettext_lazy("Not known"),
}
BILLINGS = {
    Contract.Billing.MONTHLY: gettext_lazy("Monthly"),
    Contract.Billing.YEARLY: gettext_lazy("Yearly in advance"),
}
PURCHASES = {
    Purchase.Kind.FIRST: gettext_lazy("First purchase"),
    Purchase.Kind.REPEAT: gettext_lazy("Bought again"),
    Purchase.Kind.PAUSE: gettext_lazy("Paused"),
    Purchase.Kind.SKIP: gettext_lazy("Skipped"),
    Purchase.Kind.RETURN: gettext_lazy("Returned"),
}
CHANGES = {
    ContractChange.What.SIGNED: gettext_lazy("Signed"),
    ContractChange.What.CHANGED: gettext_lazy("Changed"),
    ContractChange.What.RENEWED: gettext_lazy("Renewed"),
    ContractChange.What.NOTICED: gettext_lazy("Notice given"),
    ContractChange.What.ENDED: gettext_lazy("Ended"),
    ContractChange.What.REVOKED: gettext_lazy("Notice taken back"),
}
ATTRIBUTE_KINDS = {
    AccountAttribute.Kind.TEXT: pgettext_lazy("kind of field", "Text"),
    AccountAttribute.Kind.CHOICE: gettext_lazy("Choice"),
    AccountAttribute.Kind.DATE: gettext_lazy("Day"),
    AccountAttribute.Kind.NUMBER: gettext_lazy("Number"),
    AccountAttribute.Kind.YES_NO: gettext_lazy("Yes or no"),
}
REASONS = {
    "corporate_number": gettext_lazy("The corporate number is the same"),
    "name_and_key": gettext_lazy("Name and domain or telephone are the same"),
    "same_name": gettext_lazy("The name is the same, its legal form included"),
    "name_without_legal_form": gettext_lazy("The name is the same; one of them has no legal form"),
    "legal_form_on_other_side": gettext_lazy("The legal form stands on the other side"),
    "other_legal_form": gettext_lazy("The legal form is another"),
    "same_reading": gettext_lazy("The reading is the same"),
    "reading_and_key": gettext_lazy("Reading and domain or telephone are the same"),
    "slip_and_key": gettext_lazy("One letter differs; domain or telephone are the same"),
    "name_with_a_slip": gettext_lazy("One letter differs"),
    "several_fit": gettext_lazy("Several customers fit equally well"),
    "domain_only": gettext_lazy("Only the domain is the same"),
    "phone_only": gettext_lazy("Only the telephone is the same"),
    "verified_domain": gettext_lazy("The mail address belongs to a verified domain"),
    "seen_domain": gettext_lazy("A person of this customer has the same mail domain"),
}
MOVED = {
    "contracts": gettext_lazy("Contracts"),
    "billed": gettext_lazy("Contracts billed to it"),
    "people": pgettext_lazy("customers", "People"),
    "notes": gettext_lazy("Notes"),
    "purchases": gettext_lazy("Purchases"),
    "cancellations": gettext_lazy("Cancellations"),
    "domains": gettext_lazy("Domains"),
    "values": gettext_lazy("Values of fields"),
    "successes": gettext_lazy("Definitions of success"),
    "children": gettext_lazy("Customers below it"),
    "touchpoints": gettext_lazy("Entries of the timeline"),
}
_FORM = re.compile(r"株式会社|有限会社|合同会社|一般社団法人|医療法人|㈱|㈲|[(（][株有同][)）]")
SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€"}


def short_name(name: str) -> str:
    """Return a firm's name without its legal form, as its picture begins with."""
    return _FORM.sub("", name).strip() or name


def reason_of(word: str) -> str:
    """Say why two rows may be one."""
    return str(REASONS.get(word, gettext_lazy("Alike")))


def moved_word(name: str) -> str:
    """Say what a merge moves."""
    declared = by_name(AccountRows, name)
    return str(declared.label if declared else MOVED[name])


def money_text(amount: int, currency: str) -> str:
    """Write an amount of minor units: ¥48,000, $12.50."""
    sign = SIGNS.get(currency, f"{currency} ")
    minus = "−" if amount < 0 else ""
    if currency in money.WITHOUT_MINOR_UNITS:
        return f"{minus}{sign}{abs(amount):,}"
    return f"{minus}{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def money_seen(viewer: Viewer, amount: int, currency: str) -> str:
    """Write an amount for somebody who sees amounts, else ""."""
    return money_text(amount, currency) if seeing.sees(viewer, seeing.AMOUNT) else ""


def days_left(day: date | None, *, today: date) -> dict[str, Any] | None:
    """Say how far a day is: a word and the tone in which it is said. Past days are over, thirty days are near."""
    if day is None:
        return None
    days = (day - today).days
    if days < 0:
        return {"day": day, "days": days, "word": _("over"), "tone": ""}
    if days == 0:
        return {"day": day, "days": days, "word": _("today"), "tone": "bad"}
    word = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return {"day": day, "days": days, "word": word, "tone": "bad" if days <= 10 else "warn" if days <= 30 else "line"}
