"""Rows that belong to a customer: the columns that name it, and finding it for a batch."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models.member import normalised_email
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.imports.accounts import AccountWords, Finding, find_accounts
from kizuna.success.imports.contacts import known_by
from kizuna.success.imports.kinds.customers.fields import ACCOUNT_ID_WORDS, ACCOUNT_NAME_WORDS, NUMBER_WORDS
from kizuna.success.imports.records import Context, ImportField, Plan, listed

FIELDS = (
    ImportField(
        "account_external_id",
        _("Your own number of the customer"),
        tuple(word for word in ACCOUNT_ID_WORDS if word != "id"),
    ),
    ImportField("account_name", _("Name of the customer"), ACCOUNT_NAME_WORDS),
    ImportField("account_corporate_number", _("Corporate number"), NUMBER_WORDS),
)
PERSON = (
    ImportField(
        "contact_external_id",
        _("Your own number of the person"),
        listed("担当者コード|担当者ID|ユーザーID|コンタクトID|contact id|user id|person id|requester id"),
    ),
    ImportField(
        "contact_email",
        _("E-mail of the person"),
        listed(
            "メールアドレス|メール|Eメール|依頼者メール|回答者メール|email|e-mail|mail|email address|requester email|respondent email"
        ),
    ),
)


def words_of(values: dict[str, Any]) -> AccountWords:
    """Return what a row says of its customer."""
    return AccountWords(
        external_id=str(values.get("account_external_id") or ""),
        name=str(values.get("account_name") or ""),
        corporate_number=str(values.get("account_corporate_number") or ""),
    )


def find_customers(plans: Sequence[Plan], context: Context, *, is_needed: bool) -> dict[int, Account]:
    """Return the customer of each plan by line. Where one is needed, a row whose customer is not sure is bad."""
    wanted = {item.row.line: words_of(item.row.values) for item in plans}
    findings = find_accounts(list(wanted.values()), run_id=None)
    found: dict[int, Account] = {}
    for item in plans:
        words = wanted[item.row.line]
        finding = findings.get(words, Finding())
        if finding.account is not None:
            found[item.row.line] = finding.account
            item.notes = finding.note()
        elif is_needed:
            _refuse(item, words, finding, context)
        else:
            item.notes = finding.note()
    return found


def find_people(plans: Sequence[Plan]) -> dict[int, Contact]:
    """Return the person of each plan by line, by their number or address."""
    values = {item.row.line: item.row.values for item in plans}
    ids = {str(row["contact_external_id"]) for row in values.values() if row.get("contact_external_id")}
    keys = {normalised_email(str(row["contact_email"])) for row in values.values() if row.get("contact_email")} - {""}
    people = list(Contact.objects.filter(known_by(ids, keys))) if ids or keys else []
    by_id = {row.external_id: row for row in people if row.external_id}
    by_key = {row.email_key: row for row in people if row.email_key}
    found = {}
    for line, row in values.items():
        person = by_id.get(str(row.get("contact_external_id") or ""))
        person = person or by_key.get(normalised_email(str(row.get("contact_email") or "")))
        if person is not None:
            found[line] = person
    return found


def accounts_of(people: Iterable[Contact]) -> dict[int, int]:
    """Return {person: customer} for people who are at one customer only."""
    rows = Employment.objects.filter(contact__in=list(people), ended_at=None).values_list("contact_id", "account_id")
    found: dict[int, set[int]] = {}
    for contact_id, account_id in rows:
        found.setdefault(contact_id, set()).add(account_id)
    return {pk: next(iter(ids)) for pk, ids in found.items() if len(ids) == 1}


def _refuse(item: Plan, words: AccountWords, finding: Finding, context: Context) -> None:
    named = next(
        (
            name
            for name in ("account_external_id", "account_name", "account_corporate_number")
            if item.row.values.get(name)
        ),
        "",
    )
    if not named:
        item.refuse(context.header("account_external_id") or context.header("account_name"), "no_customer_named")
        return
    link = finding.likely
    code = (
        "no_such_customer"
        if link is None
        else "several_customers"
        if link.match.reason == "several_fit"
        else "likely_customer"
    )
    item.refuse(context.header(named), code, value=item.row.values[named])
    item.notes = finding.note()
