"""Contracts with their lines: rows with the same number, one below the other, are the lines of one contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions
from kizuna.success.customers.actions.checking import checked_contract, checked_line
from kizuna.success.customers.actions.contract_history import FIELDS, state_of
from kizuna.success.customers.models import Account, Contract
from kizuna.success.customers.wording import money_text
from kizuna.success.imports.kinds import pricing, referring
from kizuna.success.imports.kinds.customers.fields import choices_of
from kizuna.success.imports.records import (
    ADDED,
    SET,
    Context,
    ImportField,
    Incoming,
    Plan,
    Undoing,
    Undone,
    listed,
)

THING = "contract"
BILLINGS = choices_of(
    monthly="月払い|月額|毎月|月次|月|month", yearly="年払い|年額|年一括|年|年次|annual|annually|year"
)
TERMS = (
    ImportField(
        "external_id",
        _("Your own number of the contract"),
        listed("契約番号|契約ID|契約コード|契約No|contract id|contract number|contract code|subscription id"),
        is_needed=True,
    ),
    ImportField("title", _("Name of the contract"), listed("契約名|件名|契約名称|contract name|contract title")),
    ImportField("currency", _("Currency"), listed("通貨|currency")),
    ImportField(
        "billing",
        _("Billing"),
        listed("支払方法|請求周期|支払サイクル|課金周期|billing|billing cycle|interval"),
        "choice",
        choices=BILLINGS,
    ),
    ImportField(
        "starts_on",
        _("First day"),
        listed("契約開始日|契約開始|開始日|利用開始日|start date|starts on|contract start"),
        "date",
        is_needed=True,
    ),
    ImportField(
        "ends_on",
        _("Last day of the term"),
        listed("契約終了日|契約満了日|満了日|終了日|更新日|end date|ends on|renewal date|term end"),
        "date",
    ),
    ImportField(
        "term_months",
        _("Length of the term in months"),
        listed("契約期間|契約月数|契約期間月数|term months|term"),
        "whole",
    ),
    ImportField("is_auto_renewed", _("Renews by itself"), listed("自動更新|auto renew|auto renewal"), "yes_no"),
    ImportField(
        "notice_by",
        _("Last day for notice"),
        listed("解約申入れ期限|解約通知期限|申入期限|notice by|notice deadline"),
        "date",
    ),
    ImportField(
        "noticed_on",
        _("Notice given on"),
        listed("解約申出日|申出日|解約申込日|noticed on|notice date|cancelled at"),
        "date",
    ),
    ImportField(
        "ended_on", _("Last day in force"), listed("解約日|契約解除日|ended on|cancellation date|churn date"), "date"
    ),
    ImportField("end_reason", _("Reason of the end"), listed("解約理由|end reason|churn reason|cancellation reason")),
)
LINE = (
    ImportField(
        "product", _("Product"), listed("商品|製品|サービス|商品名|製品名|サービス名|product|product name|service")
    ),
    ImportField("plan", _("Plan"), listed("プラン|プラン名|plan|plan name")),
    ImportField(
        "seats",
        pgettext_lazy("contract", "Seats"),
        listed("席数|ライセンス数|ユーザー数|アカウント数|数量|seats|licenses|quantity"),
        "whole",
    ),
    ImportField(
        "unit_price",
        _("Price per seat and billing period (before tax)"),
        listed("単価|月額単価|金額|月額|年額|料金|税抜金額|unit price|price|amount|mrr"),
        "amount",
        is_needed=True,
    ),
    ImportField("tax_percent", _("Tax in percent"), listed("税率|消費税率|tax rate|tax percent|tax"), "percent"),
    ImportField(
        "lines_from",
        _("The lines hold from"),
        listed("変更日|適用開始日|明細開始日|effective date|effective from|changed on"),
        "date",
    ),
)
TERM_NAMES = tuple(item.name for item in TERMS)
LINE_NAMES = ("product", "plan", "seats", "unit_price", "tax_percent")
ENDS = ("noticed_on", "ended_on", "end_reason")


@dataclass
class Work:
    """What is to be done for one contract; it hangs on its first row."""

    account_id: int
    contract: Contract | None
    fields: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)
    changes_lines: bool = False


def fields() -> list[ImportField]:
    return [*referring.FIELDS, *TERMS, *LINE]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the contract; rows of one that do not stand together would be two batches."""
    if values.get("external_id"):
        yield f"k:{values['external_id']}", ""


def group(*, values: dict[str, Any]) -> str:
    """Return the contract a row is a line of."""
    return str(values.get("external_id") or "")


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch: the first row of a contract carries it, the others are its further lines."""
    plans = [Plan(row, title=_title(row.values), problems=list(row.problems)) for row in rows]
    accounts = referring.find_customers([item for item in plans if not item.problems], context, is_needed=True)
    fine = [item for item in plans if not item.problems]
    here = _contracts({str(item.row.values["external_id"]) for item in fine})
    for number, items in _of_one(plans, context).items():
        _plan_one(items, accounts, here.get(number), context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Sign new contracts and change known ones."""
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    carried = [(item, item.work) for item in plans if item.work is not None]
    new = [(item, work) for item, work in carried if work.contract is None]
    made = actions.sign_contracts(
        viewer=context.viewer,
        rows=[{**work.fields, "account_id": work.account_id, "lines": work.lines} for _item, work in new],
        now=context.now,
        import_id=context.run_id,
    )
    for (item, _work), contract in zip(new, made, strict=True):
        done[item.row.line].append([THING, contract.pk, ADDED])
    changes: dict[int, dict[str, Any]] = {}
    for item, work in carried:
        if work.contract is None or not (work.fields or work.changes_lines):
            continue
        lines = {"lines": work.lines, "lines_from": item.row.values.get("lines_from")} if work.changes_lines else {}
        changes[work.contract.pk] = {**work.fields, **lines}
        done[item.row.line].append([THING, work.contract.pk, SET, whole_state(work.contract)])
    actions.change_whole_contracts(viewer=context.viewer, changes=changes, now=context.now, import_id=context.run_id)
    return [done[item.row.line] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Take contracts back, and set changed ones back to what they were, while nobody changed them since."""
    undone = {row.line: Undone(row.line) for row in rows}
    added = {entry[1]: row for row in rows for entry in row.done if entry[2] == ADDED}
    stays = actions.take_back_contracts(
        viewer=context.viewer, added={pk: row.at for pk, row in added.items()}, now=context.now
    )
    for pk, row in added.items():
        if pk in stays:
            undone[row.line].kept.append((THING, pk, stays[pk]))
        else:
            undone[row.line].back += 1
    changed = [(row, entry) for row in rows for entry in row.done if entry[2] == SET]
    here = Contract.objects.in_bulk([entry[1] for _row, entry in changed])
    for row, entry in changed:
        contract = here.get(entry[1])
        if contract is None or contract.updated_at != row.at:
            undone[row.line].kept.append((THING, entry[1], "changed_since" if contract else "gone"))
            continue
        actions.restore_contract(viewer=context.viewer, contract=contract, state=entry[3], now=context.now)
        undone[row.line].back += 1
    return list(undone.values())


def whole_state(contract: Contract) -> dict[str, Any]:
    """Return what the ledger holds of a contract that is changed: all of it, and when it was changed before."""
    # The lines were read with the contract: asking for them in order would ask for each anew.
    held = sorted(contract.lines.all(), key=lambda line: (line.starts_on, line.pk))
    return {**state_of(contract, held), "updated_at": contract.updated_at.isoformat()}


def _title(values: dict[str, Any]) -> str:
    names = [str(values[name]) for name in ("account_name", "title", "external_id") if values.get(name)]
    return "・".join(names)[:200]


def _contracts(ids: set[str]) -> dict[str, Contract]:
    found = Contract.objects.filter(external_id__in=ids).exclude(external_id="").prefetch_related("lines")
    return {row.external_id: row for row in found}


def _of_one(plans: Sequence[Plan], context: Context) -> dict[str, list[Plan]]:
    """Return the rows of each contract; a row that stands apart from the others is bad."""
    found: dict[str, list[Plan]] = {}
    last = ""
    for item in plans:
        number = group(values=item.row.values) or f"line {item.row.line}"
        if number in found and number != last:
            first = found[number][0].row.line
            item.refuse(context.header("external_id"), "apart", value=number, at=first)
        else:
            found.setdefault(number, []).append(item)
        last = number
    return found


def _plan_one(items: list[Plan], accounts: dict[int, Account], contract: Contract | None, context: Context) -> None:
    _require_together(items, context)
    first = items[0]
    terms = {name: first.row.values[name] for name in TERM_NAMES if name in first.row.values}
    said = str(terms.get("currency") or (contract.currency if contract else "")).upper()
    currency = pricing.currency_of(said, first.row.values.get("unit_price"))
    terms |= pricing.told(said, currency)
    lines = [_line(item, currency, context) for item in items]
    if _is_spoilt(items):
        return
    account = accounts[first.row.line]
    for item in items:
        _require_same(item, first, terms, accounts[item.row.line].pk == account.pk, context)
    if contract is not None and contract.account_id != account.pk:
        first.refuse(context.header("account_external_id"), "other_customer")
    if _is_spoilt(items):
        return
    work = Work(account.pk, contract, terms, lines)
    _compare(items, work, context)
    if not _is_spoilt(items):
        first.work = work


def _require_together(items: list[Plan], context: Context) -> None:
    for item in items:
        begun = min(item.row.firsts.values(), default=item.row.line)
        if begun < items[0].row.line:
            item.refuse(context.header("external_id"), "apart", value=item.row.values["external_id"], at=begun)


def _require_same(item: Plan, first: Plan, terms: dict[str, Any], is_same_account: bool, context: Context) -> None:
    differs = [name for name in TERM_NAMES if item.row.values.get(name, terms.get(name)) != terms.get(name)]
    if differs:
        item.refuse(context.header(differs[0]), "contradicts", at=first.row.line)
    if not is_same_account:
        item.refuse(context.header("account_external_id"), "other_customer")


def _is_spoilt(items: list[Plan]) -> bool:
    """Tell whether a row is bad; then all are, for a contract is taken whole or not at all."""
    if not any(item.problems for item in items):
        return False
    for item in items:
        if not item.problems:
            item.refuse("", "other_line_bad")
    return True


def _line(item: Plan, currency: str, context: Context) -> dict[str, Any]:
    values = {name: item.row.values[name] for name in LINE_NAMES if item.row.values.get(name) is not None}
    values["unit_price"] = pricing.minor_units(item, "unit_price", currency, context)
    values.setdefault("product", item.row.values.get("title") or str(pgettext_lazy("import", "Contract")))
    try:
        return checked_line(values)
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason, value=values.get(refused.field or "", ""))
        return {}


def _compare(items: list[Plan], work: Work, context: Context) -> None:
    first, contract = items[0], work.contract
    before = {name: getattr(contract, name) for name in FIELDS} if contract else {}
    try:
        clean = checked_contract({**before, **work.fields})
    except Refused as refused:
        first.refuse(context.header(refused.field or ""), refused.reason)
        return
    ends = {name: work.fields[name] for name in ENDS if name in work.fields}
    if ends.get("ended_on") and ends["ended_on"] < clean["starts_on"]:
        first.refuse(context.header("ended_on"), _("This day lies before the contract."))
        return
    if ends.get("ended_on") and ends.get("noticed_on") and ends["noticed_on"] > ends["ended_on"]:
        first.refuse(context.header("noticed_on"), _("Notice cannot be given after the last day."))
        return
    if contract is None:
        first.changes += [(THING, name, None, value) for name, value in work.fields.items() if value not in (None, "")]
        for item, own in zip(items, work.lines, strict=True):
            shown = {**own, "unit_price": own["unit_price"] and money_text(own["unit_price"], clean["currency"])}
            item.changes += [(THING, name, None, shown[name]) for name in LINE_NAMES if shown[name]]
        return
    work.fields = {name: clean[name] for name in FIELDS if clean[name] != before[name] and name in work.fields}
    if ends.get("ended_on") and any(value != getattr(contract, name) for name, value in ends.items()):
        work.fields |= ends
    first.changes += [
        (THING, name, _shown(getattr(contract, name)), _shown(value)) for name, value in work.fields.items()
    ]
    _compare_lines(first, work, contract, clean["currency"], context)


def _compare_lines(first: Plan, work: Work, contract: Contract, currency: str, context: Context) -> None:
    today: date = context.now.date()
    from_on = first.row.values.get("lines_from") or today
    if from_on < contract.starts_on:
        first.refuse(context.header("lines_from"), _("This day lies before the contract."))
        return
    held = [item for item in contract.lines.all() if item.holds_on(max(from_on, contract.starts_on))]
    was = sorted(_words({name: getattr(item, name) for name in LINE_NAMES}, contract.currency) for item in held)
    will = sorted(_words(item, currency) for item in work.lines)
    if was != will:
        work.changes_lines = True
        first.changes.append((THING, "lines", " / ".join(was), " / ".join(will)))


def _words(item: dict[str, Any], currency: str) -> str:
    name = " ".join(filter(None, [item["product"], item["plan"]]))
    return f"{name} {money_text(item['unit_price'], currency)} × {item['seats']} ({item['tax_percent']}%)"


def _shown(value: Any) -> Any:
    return "" if value is None else value


KIND = ImportKind("contracts", _("Contracts"), "file-text", fields, keys, plan, write, undo, group)
