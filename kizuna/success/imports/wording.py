"""Words of imports: states, outcomes, fields, what is wrong with a row and why something stays."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated  # of words that stand elsewhere in the source
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.base.tables import problem_text
from kizuna.base.tables.problems import TEXTS
from kizuna.core.members.models import Member
from kizuna.success.customers import wording as customers
from kizuna.success.customers.models import Account, Contact
from kizuna.success.imports.models import ImportRun
from kizuna.success.imports.reading import fields_of
from kizuna.success.imports.records import BAD, CHANGED, NEW, UNCHANGED
from kizuna.success.inbox import wording as inbox

State = ImportRun.State
STATES = {
    State.EXAMINING: gettext_lazy("Reading the file"),
    State.MAPPING: gettext_lazy("Columns to be matched"),
    State.REHEARSING: gettext_lazy("Comparing"),
    State.REHEARSED: gettext_lazy("Waiting for your go"),
    State.RUNNING: pgettext_lazy("import", "Importing"),
    State.STOPPED: pgettext_lazy("import", "Stopped"),
    State.DONE: pgettext_lazy("import", "Imported"),
    State.FAILED: pgettext_lazy("import", "Not readable"),
    State.UNDOING: gettext_lazy("Being undone"),
    State.UNDONE: gettext_lazy("Undone"),
}
TONES = {State.DONE: "good", State.FAILED: "bad", State.STOPPED: "warn", State.RUNNING: "brand", State.UNDOING: "brand"}
OUTCOMES = {
    NEW: pgettext_lazy("rows", "New"),
    CHANGED: pgettext_lazy("rows", "Changed"),
    UNCHANGED: pgettext_lazy("rows", "Unchanged"),
    BAD: pgettext_lazy("rows", "To be mended"),
}
PROBLEMS = {
    "no_customer_named": gettext_lazy("The row names no customer: a number, a name or a corporate number is needed."),
    "no_such_customer": gettext_lazy("There is no such customer. Import the customers first, or correct the number."),
    "several_customers": gettext_lazy("Several customers may be meant. Please give your number of the customer."),
    "likely_customer": gettext_lazy("It may be a customer of a similar name, but that is not sure. Please give the number."),
    "no_person_named": gettext_lazy("The person has neither a name, an e-mail address nor a number."),
    "person_without_name": gettext_lazy("This person is new here, and their name is missing."),
    "address_of_another": gettext_lazy("This e-mail address belongs to another person."),
    "no_such_owner": gettext_lazy("Nobody of the team has this address or name."),
    "several_owners": gettext_lazy("Several of the team have this name. Please write the e-mail address."),
    "contradicts": gettext_lazy("Line %(line)d names the same, but says something else. Please correct one of the two."),
    "apart": gettext_lazy("Line %(line)d began the same. Please put rows that belong together one below the other."),
    "twice": gettext_lazy("Line %(line)d has the same number. Please correct one of the two."),
    "order_is_known": gettext_lazy("This order is known and says something else. What was bought is not rewritten; note a return instead."),
    "other_line_bad": gettext_lazy("Another line of the same contract must be mended first."),
    "other_customer_noted": gettext_lazy("This number was noted for another customer."),
    "other_customer": gettext_lazy("The contract belongs to another customer."),
    "in_future": gettext_lazy("This day has not come yet."),
    "not_seen": gettext_lazy("Whoever began this import no longer sees the fields that it writes."),
    "no_such_contract": gettext_lazy("There is no such contract. Import the contracts first, or correct the number."),
    "customer_without_number": gettext_lazy("This customer has no number of yours, by which use is found. Please give it one first."),
    "too_early": gettext_lazy("Before the year 2000 there was no use to count. Please look at the year."),
    "said_twice": gettext_lazy("Line %(line)d is about the same customer, person, action and day. Please add the two up."),
    "said_otherwise": gettext_lazy("Another line names the same customer otherwise, for the same day. Please add the two up."),
    "person_forgotten": gettext_lazy("This person was erased. What they did until then is counted already, under nobody."),
    "other_currency": gettext_lazy("The sign beside the amount is of another currency than the row says. Please correct one of the two."),
    "part_of_a_unit": gettext_lazy("The amount holds a part of the smallest unit of its currency. Please look at amount and currency."),
    "file_gone": gettext_lazy("The file is no longer there."),
    "person_erased": gettext_lazy("Somebody in this file was erased, so the file was removed. Please bring it again without that person."),
}  # fmt: skip
KEPT = {
    "changed_since": gettext_lazy("It was changed after the import."),
    "gone": gettext_lazy("It is no longer there."),
    "customers.account": gettext_lazy("Another customer belongs to it."),
    "customers.cancellation": gettext_lazy("It is noted there that they left."),
    "customers.contract": gettext_lazy("It has a contract."),
    "customers.employment": gettext_lazy("People are noted there."),
    "customers.note": gettext_lazy("It has notes."),
    "customers.purchase": gettext_lazy("It has purchases."),
    "customers.touchpoint": gettext_lazy("It has entries on the timeline."),
    "inbox.inquiry": gettext_lazy("It has inquiries."),
    "customers.merge": gettext_lazy("It was merged."),
}
THINGS = {
    "account": pgettext_lazy("company", "Customer"),
    "contact": gettext_lazy("Person"),
    "employment": gettext_lazy("Post"),
    "contract": pgettext_lazy("import", "Contract"),
    "purchase": pgettext_lazy("import", "Purchase"),
    "cancellation": pgettext_lazy("import", "Cancellation"),
    "inquiry": gettext_lazy("Inquiry"),
    "response": pgettext_lazy("survey", "Answer"),
    "usage": gettext_lazy("Usage"),
}
FIELDS = {
    ("employment", "account"): gettext_lazy("Works at"),
    ("contract", "ended_on"): pgettext_lazy("import", "Contract: last day in force"),
    ("contract", "end_reason"): pgettext_lazy("import", "Contract: reason of the end"),
    ("contract", "lines"): pgettext_lazy("contract", "Lines"),
    ("account", "owner_id"): pgettext_lazy("customers", "Account owner"),
}
# What a row was joined to: changes hold the number, people read the name.
LINKS: dict[str, tuple[Any, type[Account] | type[Contact] | type[Member]]] = {
    "account_id": (THINGS["account"], Account),
    "contact_id": (THINGS["contact"], Contact),
    "member_id": (gettext_lazy("Member"), Member),
    "owner_id": (pgettext_lazy("customers", "Account owner"), Member),
}
VALUES: dict[str, dict[Any, Any]] = {
    "kind": dict(customers.KINDS),
    "fit": dict(customers.FITS),
    "billing": dict(customers.BILLINGS),
}
VALUES["kind"] |= customers.PURCHASES
VALUES |= {"state": dict(inbox.STATES), "priority": dict(inbox.PRIORITIES), "channel": dict(inbox.CHANNELS)}
LONGEST_VALUE = 80


def sentence(code: str, *, at: int = 0) -> str:
    """Return what a problem's code means in the language of the moment; what actions say is kept by its source words."""
    if code in PROBLEMS:
        return str(PROBLEMS[code]) % {"line": at}
    return problem_text(code) if code in TEXTS else translated(code)


def reasons_of(problems: Iterable[Sequence[Any]]) -> str:
    """Return why a row is bad, from (column, code, line) of each problem."""
    said = [(column, sentence(code, at=at)) for column, code, at in problems]
    return " / ".join(f"{column}: {text}" if column else text for column, text in said)


def reason_of(reason: str) -> str:
    """Return why the matching took a row for a customer, or thinks it may be one."""
    return sentence(reason) if reason in PROBLEMS else customers.reason_of(reason)


def kept_reason(code: str) -> str:
    """Return why something stays."""
    return str(KEPT.get(code) or _("Something else refers to it."))


class FieldWords:
    """The labels of one kind's fields, as changes name them."""

    def __init__(self, kind: ImportKind) -> None:
        self._labels = {name: field.label for name, field in fields_of(kind).items()}
        self._names: dict[tuple[str, Any], str] = {}

    def label(self, thing: str, name: str) -> str:
        """Return the label of a changed field."""
        found = FIELDS.get((thing, name)) or self._labels.get(f"{thing}_{name}") or self._labels.get(name)
        return str(found or LINKS.get(name, (name,))[0])

    def value(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if name in LINKS and isinstance(value, int):
            return self._named(name, value)
        word = VALUES.get(name, {}).get(value)
        text = f"{value:,}" if isinstance(value, int) and word is None else str(word or value)
        return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"

    def _named(self, name: str, value: Any) -> str:
        """Return the name of what a row was joined to; its number where it is gone."""
        if (name, value) not in self._names:
            row = LINKS[name][1]._default_manager.filter(pk=value).values_list("name", flat=True).first()
            self._names[name, value] = row or str(value)
        return self._names[name, value]
