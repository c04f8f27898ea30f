"""Use of the product by day: one row each. What is known of customer or contract, person, name and day is replaced."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.success.customers.actions import checking
from kizuna.success.customers.models import Account, Contract
from kizuna.success.imports.kinds import referring, taking_back
from kizuna.success.imports.records import ADDED, SET, Context, ImportField, Incoming, Plan, Undoing, Undone, listed
from kizuna.success.usage import actions, queries
from kizuna.success.usage.actions import Said
from kizuna.success.usage.models import UsageDayCount
from kizuna.success.usage.wire import EARLIEST, MAX_NAME

THING = "usage"
MOST = 10**9
OWN = (
    ImportField(
        "contract_external_id",
        _("Your own number of the contract"),
        listed("契約番号|契約ID|契約コード|契約No|contract id|contract number|contract code|subscription id"),
    ),
    ImportField(
        "name",
        pgettext_lazy("usage", "What was done"),
        listed("機能|機能名|イベント|イベント名|操作|操作名|event|event name|feature|feature name|action"),
    ),
    ImportField(
        "day",
        pgettext_lazy("usage", "Day"),
        listed("利用日|日付|年月日|対象日|集計日|usage date|date|day|used on"),
        "date",
        is_needed=True,
    ),
    ImportField(
        "count",
        pgettext_lazy("usage", "How often"),
        listed("利用回数|回数|件数|操作回数|実行回数|usage count|count|events|uses|times"),
        "whole",
    ),
    ImportField(
        "people",
        pgettext_lazy("usage", "By how many people"),
        listed(
            "利用者数|利用人数|アクティブユーザー数|ユーザー数|人数|席数|active users|unique users|users|seats used"
        ),
        "whole",
    ),
)
CUSTOMER = ("account_external_id", "account_name", "account_corporate_number")


@dataclass
class Work:
    """What a line says, and the line of an earlier table that said something of the same."""

    said: Said
    known: UsageDayCount | None
    fields: dict[str, Any]


def fields() -> list[ImportField]:
    return [*referring.FIELDS, *referring.PERSON, *OWN]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the row is about: a file may speak of it once."""
    yield key_of(values), ""


def key_of(values: dict[str, Any]) -> str:
    """Return what rows about the same have in common, as the file alone says it."""
    whom = str(values.get("contract_external_id") or "") or referring.words_of(values).key
    person = str(values.get("contact_external_id") or values.get("contact_email") or "")
    return f"u:{_digest(whom, person, str(values.get('name') or ''), str(values.get('day') or ''))}"


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch."""
    plans = [Plan(row, title=_title(row.values), problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    for item in fine:
        first = item.row.firsts.get(key_of(item.row.values), item.row.line)
        if first != item.row.line:
            item.refuse(context.header("day"), "said_twice", at=first)
    fine = [item for item in fine if not item.problems]
    said = _said(fine, _customers(fine, context), context)
    known = queries.lines_of_tables(one.source for one in said.values())
    forgotten = queries.forgotten_days()
    seen: dict[str, int] = {}
    for item in fine:
        if not item.problems:
            _plan_one(item, said[item.row.line], known, seen, context)
            _require_not_forgotten(item, said[item.row.line], forgotten, context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Note what is said for the first time, and let the others say what they say now."""
    assert context.run_id is not None
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    new = [item for item in plans if item.work and item.work.known is None]
    ids = actions.bring_counts(
        viewer=context.viewer, rows=[item.work.said for item in new], import_id=context.run_id, now=context.now
    )
    for item, pk in zip(new, ids, strict=True):
        done[item.row.line].append([THING, pk, ADDED])
    changed = {item.work.known.pk: item for item in plans if item.work and item.work.known}
    differing = actions.change_counts(
        viewer=context.viewer,
        changes={pk: {**item.work.fields, "import_id": context.run_id} for pk, item in changed.items()},
        now=context.now,
    )
    for pk, item in changed.items():
        if pk in differing:
            done[item.row.line].append([THING, pk, SET, differing[pk]])
    return [done[item.row.line] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Remove what was said for the first time, and let the others say what they said before."""
    undone = {row.line: Undone(row.line) for row in rows}
    changes = taking_back.changes_back(UsageDayCount, THING, rows, undone)
    actions.change_counts(viewer=context.viewer, changes=changes, now=context.now)
    added = {entry[1]: row for row in rows for entry in row.done if entry[2] == ADDED}
    stays = actions.take_back_counts(
        viewer=context.viewer, ids=list(added), import_id=context.run_id or 0, now=context.now
    )
    taking_back.note(THING, added, stays, undone)
    return list(undone.values())


def _title(values: dict[str, Any]) -> str:
    names = ("account_name", "account_external_id", "contract_external_id", "name", "day")
    return "・".join(str(values[name]) for name in names if values.get(name))[:200]


def _customers(plans: Sequence[Plan], context: Context) -> dict[int, Account]:
    """Return the customer of each row: by its own columns, else whose contract it names."""
    numbers = {str(item.row.values["contract_external_id"]) for item in plans if _contract(item)}
    having = Contract.objects.filter(external_id__in=numbers).exclude(external_id="") if numbers else ()
    contracts = {row.external_id: row for row in having}
    own = [item for item in plans if not _contract(item) or any(item.row.values.get(name) for name in CUSTOMER)]
    found = referring.find_customers(own, context, is_needed=True)
    rows = Account.objects.filter(pk__in={row.account_id for row in contracts.values()})
    holders = {row.pk: row for row in rows} if contracts else {}
    for item in plans:
        if not _contract(item):
            continue
        contract = contracts.get(_contract(item))
        column, line = context.header("contract_external_id"), item.row.line
        if contract is None:
            item.refuse(column, "no_such_contract", value=_contract(item))
        elif line in found and found[line].pk != contract.account_id:
            item.refuse(column, "other_customer", value=_contract(item))
        else:
            found.setdefault(line, holders[contract.account_id])
    return found


def _contract(item: Plan) -> str:
    return str(item.row.values.get("contract_external_id") or "")


def _said(plans: Sequence[Plan], accounts: dict[int, Account], context: Context) -> dict[int, Said]:
    """Return what each row says; a row that says nothing sensible is bad."""
    found = {}
    today = context.now.astimezone(queries.day_zone()).date()
    for item in plans:
        if item.problems:
            continue
        account = accounts[item.row.line]
        if not account.external_id:
            named = next((name for name in CUSTOMER if item.row.values.get(name)), "contract_external_id")
            item.refuse(context.header(named), "customer_without_number", value=item.row.values.get(named) or "")
            continue
        try:
            found[item.row.line] = _checked(item.row.values, account, today)
        except Refused as refused:
            name = refused.field or ""
            item.refuse(context.header(name), refused.reason, value=item.row.values.get(name) or "")
    return found


def _checked(values: dict[str, Any], account: Account, today: date) -> Said:
    day = _day(values["day"], today)
    contract = checking.line(values, "contract_external_id", longest=120)
    # By number an absorbed customer is meant, and its use stays its own: a merge can be undone.
    group = checking.line(values, "account_external_id", longest=120) or account.external_id
    person = _person(values)
    name = checking.line(values, "name", longest=MAX_NAME)
    people = None if values.get("people") is None or person else checking.whole(values, "people", most=MOST)
    if values.get("count") is None and people is None:
        raise Refused("missing", field="count")
    count = people if values.get("count") is None else checking.whole(values, "count", most=MOST)
    source = _digest(f"contract:{contract}" if contract else f"customer:{group}", person, name, day.isoformat())
    return Said(source, day, person, group, name, count or 0, people)


def _day(day: date, today: date) -> date:
    if day > today:
        raise Refused("in_future", field="day")
    if day < EARLIEST.date():
        raise Refused("too_early", field="day")
    return day


def _person(values: dict[str, Any]) -> str:
    """Return what the row calls the person: what is said stays the same, whoever is known by it later."""
    if number := checking.line(values, "contact_external_id", longest=120):
        return number
    try:
        return normalised_email(checking.email({"email": values.get("contact_email")}))
    except Refused as refused:
        raise Refused(refused.reason, field="contact_email") from None


def _plan_one(item: Plan, said: Said, known: dict[str, UsageDayCount], seen: dict[str, int], context: Context) -> None:
    before, line = known.get(said.source), item.row.line
    first = seen.setdefault(said.source, line)
    if first != line:
        item.refuse(context.header("day"), "said_twice", at=first)
        return
    if before is not None and before.import_id == context.run_id:
        item.refuse(context.header("day"), "said_otherwise")
        return
    if before is None:
        if said.count:
            item.work = Work(said, None, {})
            shown = {
                "day": said.day,
                "name": said.name,
                _person_field(item): said.person,
                "count": said.count,
                "people": said.people,
            }
            item.changes = [(THING, name, None, value) for name, value in shown.items() if value not in ("", None)]
        return
    people = said.people if "people" in item.row.values else before.people_count
    if said.count != before.count:
        item.changes.append((THING, "count", before.count, said.count))
    if people != before.people_count:
        item.changes.append((THING, "people", before.people_count or "", people or ""))
    if item.changes:
        item.work = Work(said, before, {"count": said.count, "people_count": people})


def _require_not_forgotten(item: Plan, said: Said, forgotten: dict[str, date], context: Context) -> None:
    """Refuse what an erased person did until then: it is counted already, under nobody."""
    if forgotten and said.person and said.day <= forgotten.get(queries.person_hash(said.person), date.min):
        item.refuse(context.header(_person_field(item)), "person_forgotten")


def _person_field(item: Plan) -> str:
    return "contact_external_id" if item.row.values.get("contact_external_id") else "contact_email"


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


KIND = ImportKind("usage", _("Use of the product by day"), "activity", fields, keys, plan, write, undo)
