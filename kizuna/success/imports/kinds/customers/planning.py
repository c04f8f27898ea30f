"""What a batch of rows would do to customers and people, compared with what is there now. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kizuna.core.members.policies import Refused
from kizuna.success.customers.actions.accounts import FIELDS
from kizuna.success.customers.actions.checking import checked_account
from kizuna.success.customers.actions.knowing import attribute_value
from kizuna.success.customers.matching import domains as mail_domains
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    AccountDomain,
    AccountName,
)
from kizuna.success.imports.accounts import AccountWords, Finding, find_accounts, lines_before
from kizuna.success.imports.kinds.customers.fields import (
    ACCOUNT_FIELDS,
    ATTRIBUTE,
    account_key,
    words_of,
)
from kizuna.success.imports.kinds.customers.people import ContactWork, plan_people
from kizuna.success.imports.owners import Owners, names_of
from kizuna.success.imports.records import Context, Incoming, Plan

THING = "account"
DEFAULTS = {"kind": Account.Kind.FIRM, "fit": Account.Fit.UNKNOWN, "community_touch": False}


@dataclass
class AccountWork:
    """What is to be done for one customer of a batch; `id` is there when the customer is."""

    line: int
    words: AccountWords
    finding: Finding
    id: int | None = None
    is_new: bool = False
    is_earlier: bool = False  # an earlier batch of this file names it: nothing of it is compared again
    fields: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)


@dataclass
class Work:
    """What a row does: `account` is shared by the rows of a batch that name the same one."""

    account: AccountWork
    owns_account: bool
    contact: ContactWork | None = None


@dataclass
class Known:
    """What is there, read once for a batch."""

    owners: Owners
    attributes: dict[str, AccountAttribute]
    values: dict[tuple[int, str], Any]
    names: dict[int, set[str]]
    domains: dict[int, set[str]]
    owner_names: dict[int, str]


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch."""
    plans = [Plan(row, title=_title(row), problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    for item in fine:
        if not account_key(item.row.values):
            name = "name" if context.header("name") else "external_id"
            item.refuse(context.header(name), "no_customer_named")
    fine = [item for item in fine if not item.problems]
    findings = find_accounts([words_of(item.row.values) for item in fine], run_id=context.run_id)
    known = _known(finding.account for finding in findings.values())
    _plan_accounts(fine, findings, known, context)
    plan_people([item for item in fine if not item.problems], context)
    for item in plans:
        item.settle()
    return plans


def _title(row: Incoming) -> str:
    values = row.values
    names = [str(values[name]) for name in ("name", "contact_name") if values.get(name)]
    return "・".join(names)[:200] or str(values.get("external_id") or values.get("contact_email") or "")[:200]


def _known(accounts: Iterable[Account | None]) -> Known:
    here = {account.pk: account for account in accounts if account is not None}
    attributes = {item.slug: item for item in AccountAttribute.objects.all()}
    slugs = {item.pk: item.slug for item in attributes.values()}
    held = AccountAttributeValue.objects.filter(account_id__in=here, ended_at=None) if attributes else ()
    names, domains = defaultdict(set), defaultdict(set)
    for account_id, text in AccountName.objects.filter(account_id__in=here).values_list("account_id", "text"):
        names[account_id].add(text)
    for account_id, domain in AccountDomain.objects.filter(account_id__in=here).values_list("account_id", "domain"):
        domains[account_id].add(domain)
    return Known(
        owners=Owners(),
        attributes=attributes,
        values={(row.account_id, slugs[row.attribute_id]): row.value for row in held},
        names=names,
        domains=domains,
        owner_names=names_of(account.owner_id for account in here.values()),
    )


def _plan_accounts(
    plans: Sequence[Plan], findings: dict[AccountWords, Finding], known: Known, context: Context
) -> None:
    repeated = {item.row.firsts.get(account_key(item.row.values), 0) for item in plans}
    added_before = {} if context.is_rehearsal else lines_before(context.run_id, repeated)
    by_key: dict[str, AccountWork] = {}
    for item in plans:
        key = account_key(item.row.values)
        work = by_key.get(key)
        if work is None:
            work = _work_for(item.row, key, findings, added_before, context)
            _plan_one(item, work, known, context)
            if item.problems:
                continue
            by_key[key] = work
            item.work = Work(work, owns_account=not work.is_earlier)
            item.notes = [] if work.is_earlier else work.finding.note()
        else:
            item.work = Work(work, owns_account=False)


def _work_for(
    row: Incoming, key: str, findings: dict[AccountWords, Finding], added_before: dict[int, int], context: Context
) -> AccountWork:
    words = words_of(row.values)
    finding = findings.get(words, Finding())
    work = AccountWork(row.line, words, finding)
    first = row.firsts.get(key, row.line)
    if finding.account is not None:
        work.id = finding.account.pk
        work.is_earlier = first != row.line and context.is_rehearsal
    elif first != row.line and (context.is_rehearsal or first in added_before):
        work.id, work.is_earlier = added_before.get(first), True
    else:
        work.is_new = True
    return work


def _plan_one(item: Plan, work: AccountWork, known: Known, context: Context) -> None:
    if work.is_earlier:
        return
    given = _given(item, known, context)
    account = work.finding.account
    before = {name: getattr(account, name) for name in FIELDS} if account else {}
    if item.problems:
        return
    try:
        clean = checked_account({**before, **given})
    except Refused as refused:
        item.refuse(context.header(refused.field or "name"), refused.reason, value=given.get(refused.field, ""))
        return
    for name in (*ACCOUNT_FIELDS, "owner_id"):
        _compare(item, work, name, account, before, clean, known)
    _plan_attributes(item, work, known, context)
    _plan_names(item, work, known)


def _given(item: Plan, known: Known, context: Context) -> dict[str, Any]:
    values = item.row.values
    given = {name: values[name] for name in ACCOUNT_FIELDS if name in values}
    given = {name: DEFAULTS.get(name) if value is None else value for name, value in given.items()}
    if "owner" in values:
        given["owner_id"], problem = (None, "") if values["owner"] is None else known.owners.named(values["owner"])
        if problem:
            item.refuse(context.header("owner"), problem, value=values["owner"])
    return given


def _compare(
    item: Plan, work: AccountWork, name: str, account: Account | None, before: dict, clean: dict, known: Known
) -> None:
    after, was = clean[name], before.get(name)
    if account is None:
        if after not in ("", None, DEFAULTS.get(name)) or name == "name":
            work.fields[name] = after
            shown = known.owners.name_of(after) if name == "owner_id" else after
            item.changes.append((THING, name, None, shown))
        return
    if was != after:
        work.fields[name] = after
        if name == "owner_id":
            was, after = known.owner_names.get(was or 0, ""), known.owners.name_of(after)
        item.changes.append((THING, name, "" if was is None else was, "" if after is None else after))


def _plan_attributes(item: Plan, work: AccountWork, known: Known, context: Context) -> None:
    for name, value in item.row.values.items():
        slug = name.removeprefix(ATTRIBUTE)
        if slug == name or slug not in known.attributes:
            continue
        try:
            stored = attribute_value(known.attributes[slug], value)
        except Refused as refused:
            item.refuse(context.header(name), refused.reason, value=value)
            continue
        held = known.values.get((work.id or 0, slug))
        if held != stored:
            work.attributes[slug] = value
            item.changes.append((THING, name, None if work.is_new else ("" if held is None else held), stored))


def _plan_names(item: Plan, work: AccountWork, known: Known) -> None:
    values, pk = item.row.values, work.id or 0
    name = str(values.get("name") or "")
    aliases = [text[:160] for text in values.get("aliases") or () if text != name and text not in known.names[pk]]
    keys = {mail_domains.key_of(text) for text in values.get("domains") or ()} - {""}
    work.aliases, work.domains = list(dict.fromkeys(aliases)), sorted(keys - known.domains[pk])
    before = None if work.is_new else ""
    item.changes += [(THING, "aliases", before, text) for text in work.aliases]
    item.changes += [(THING, "domains", before, text) for text in work.domains]
