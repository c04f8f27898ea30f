"""Who left when and why: one row each. A row that names a contract ends it; one that names a customer only ends none."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions
from kizuna.success.customers.actions.checking import checked_cancellation
from kizuna.success.customers.models import Account, Cancellation, Contract
from kizuna.success.imports.kinds import contracts, referring, taking_back
from kizuna.success.imports.records import ADDED, SET, Context, ImportField, Incoming, Plan, Undoing, Undone, listed

THING = "cancellation"
OWN = (
    ImportField(
        "external_id",
        _("Number of the cancellation"),
        listed("解約番号|解約ID|解約受付番号|cancellation id|churn event id|churn id|event id"),
    ),
    ImportField(
        "contract_external_id",
        _("Your own number of the contract"),
        listed("契約番号|契約ID|契約コード|契約No|contract id|contract number|contract code|subscription id"),
    ),
    ImportField(
        "cancelled_on",
        _("Last day in force"),
        listed("解約日|契約解除日|退会日|cancellation date|cancelled on|churn date|churned on|ended on|date"),
        "date",
        is_needed=True,
    ),
    ImportField(
        "reason",
        _("Reason of the end"),
        listed("解約理由|理由|退会理由|reason|reason code|churn reason|cancellation reason|end reason"),
    ),
    ImportField(
        "told",
        pgettext_lazy("cancellation", "In the customer's words"),
        listed("コメント|自由記述|ご意見|詳細|feedback|feedback text|comment|comments|details"),
        "text",
    ),
)
NAMES = ("external_id", "cancelled_on", "reason", "told")


@dataclass
class Work:
    """A new record or what changes on a known one, and the contract that ends by it."""

    account_id: int
    known: Cancellation | None
    fields: dict[str, Any]
    contract: Contract | None = None
    end: dict[str, Any] = field(default_factory=dict)


def fields() -> list[ImportField]:
    return [*OWN, *referring.FIELDS]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the record: it may stand in a file once."""
    yield f"x:{number_of(values)}", ""


def number_of(values: dict[str, Any]) -> str:
    """Return the record's own number, else one that the same customer, contract, day and reason always give."""
    if values.get("external_id"):
        return str(values["external_id"])
    names = (
        "account_external_id",
        "account_name",
        "account_corporate_number",
        "contract_external_id",
        "cancelled_on",
        "reason",
    )
    said = "|".join(str(values.get(name) or "") for name in names)
    return f"row:{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch. Customer and contract must be there, and go together."""
    plans = [Plan(row, title=_title(row.values), problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    named = {
        str(item.row.values["contract_external_id"]) for item in fine if item.row.values.get("contract_external_id")
    }
    held = {row.external_id: row for row in _contracts(named)}
    of_contract = [item for item in fine if item.row.values.get("contract_external_id")]
    accounts = referring.find_customers(of_contract, context, is_needed=False)
    accounts |= referring.find_customers([item for item in fine if item not in of_contract], context, is_needed=True)
    numbers = {number_of(item.row.values) for item in fine}
    here = {row.external_id: row for row in Cancellation.objects.filter(external_id__in=numbers)}
    for item in [item for item in fine if not item.problems]:
        if not taking_back.is_twice(item, f"x:{number_of(item.row.values)}", context):
            _plan_one(item, accounts.get(item.row.line), held, here, context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Note what is new, correct what is known, and end the contracts that are named."""
    viewer, now, run_id = context.viewer, context.now, context.run_id
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    works: list[tuple[Plan, Work]] = [(item, item.work) for item in plans if item.work is not None]
    new = [(item, work) for item, work in works if work.known is None]
    rows = [
        {**work.fields, "account_id": work.account_id, "contract_id": work.contract.pk if work.contract else None}
        for _item, work in new
    ]
    made = actions.note_cancellations(viewer=viewer, rows=rows, now=now, import_id=run_id)
    for (item, _work), row in zip(new, made, strict=True):
        done[item.row.line].append([THING, row.pk, ADDED])
    known = {work.known.pk: (item, work) for item, work in works if work.known and work.fields}
    changes = {pk: work.fields for pk, (_item, work) in known.items()}
    differing = actions.change_cancellations(viewer=viewer, changes=changes, now=now, import_id=run_id)
    for pk, found in differing.items():
        done[known[pk][0].row.line].append([THING, pk, SET, taking_back.stored(found)])
    ending = {work.contract.pk: (item, work) for item, work in works if work.contract and work.end}
    for pk, (item, work) in ending.items():
        assert work.contract is not None
        done[item.row.line].append([contracts.THING, pk, SET, contracts.whole_state(work.contract)])
    ends = {pk: work.end for pk, (_item, work) in ending.items()}
    actions.change_whole_contracts(viewer=viewer, changes=ends, now=now, import_id=run_id)
    return [done[item.row.line] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Remove what was noted, and let contracts that ended by it go on."""
    ends = [Undoing(row.line, row.at, [entry for entry in row.done if entry[0] == contracts.THING]) for row in rows]
    own = [Undoing(row.line, row.at, [entry for entry in row.done if entry[0] == THING]) for row in rows]
    undone = {row.line: row for row in contracts.undo(rows=ends, context=context)}
    changes = taking_back.changes_back(Cancellation, THING, own, undone)
    actions.change_cancellations(viewer=context.viewer, changes=changes, now=context.now, import_id=context.run_id or 0)
    added = {entry[1]: row for row in own for entry in row.done if entry[2] == ADDED}
    stays = actions.take_back_cancellations(viewer=context.viewer, added={pk: row.at for pk, row in added.items()})
    taking_back.note(THING, added, stays, undone)
    return list(undone.values())


def _title(values: dict[str, Any]) -> str:
    names = ("account_name", "account_external_id", "contract_external_id", "external_id")
    return "・".join(str(values[name]) for name in names if values.get(name))[:200]


def _contracts(numbers: set[str]) -> list[Contract]:
    found = Contract.objects.filter(external_id__in=numbers).exclude(external_id="")
    return list(found.select_related("account").prefetch_related("lines"))


def _plan_one(
    item: Plan, account: Account | None, held: dict[str, Contract], here: dict[str, Cancellation], context: Context
) -> None:
    values = item.row.values
    number = str(values.get("contract_external_id") or "")
    contract = held.get(number)
    if number and contract is None:
        item.refuse(context.header("contract_external_id"), "no_such_contract", value=number)
    elif contract and account and contract.account_id != account.pk:
        item.refuse(context.header("contract_external_id"), "other_customer", value=number)
    if item.problems:
        return
    account_id = contract.account_id if contract else account.pk if account else 0
    known = here.get(number_of(values))
    if known is not None and known.account_id != account_id:
        item.refuse(context.header("external_id"), "other_customer_noted", value=number_of(values))
        return
    given = {name: values[name] for name in NAMES if values.get(name) is not None} | {"external_id": number_of(values)}
    before = {name: getattr(known, name) for name in NAMES} if known else {}
    try:
        clean = checked_cancellation({**before, **given})
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason, value=given.get(refused.field or "", ""))
        return
    changed = {name: clean[name] for name in NAMES if clean[name] != before.get(name)}
    item.work = Work(account_id, known, clean if known is None else changed, contract)
    item.changes = [
        (THING, name, before[name] if known else None, value) for name, value in changed.items() if known or value
    ]
    if contract is not None:
        _plan_end(item, item.work, contract, clean, context)


def _plan_end(item: Plan, work: Work, contract: Contract, clean: dict[str, Any], context: Context) -> None:
    if clean["cancelled_on"] < contract.starts_on:
        item.refuse(context.header("cancelled_on"), _("This day lies before the contract."))
        return
    end = {"ended_on": clean["cancelled_on"]} | ({"end_reason": clean["reason"]} if clean["reason"] else {})
    if any(getattr(contract, name) != value for name, value in end.items()):
        work.end = end
        item.changes += [
            (contracts.THING, name, getattr(contract, name) or "", value)
            for name, value in end.items()
            if getattr(contract, name) != value
        ]


KIND = ImportKind("cancellations", _("Cancellations"), "circle-x", fields, keys, plan, write, undo)
