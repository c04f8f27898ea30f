"""Purchases (B2C): one row each, by the order's number."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions
from kizuna.success.customers.actions.checking import checked_purchase
from kizuna.success.customers.models import Purchase
from kizuna.success.customers.wording import money_text
from kizuna.success.imports.kinds import pricing, referring
from kizuna.success.imports.kinds.customers.fields import choices_of
from kizuna.success.imports.records import ADDED, Context, ImportField, Incoming, Plan, Undoing, Undone, listed

THING = "purchase"
KINDS = choices_of(
    first="初回|新規|初回購入|new", repeat="リピート|継続|再購入|定期|renewal", pause="休止|一時停止|paused",
    skip="スキップ|お休み|skipped", **{"return": "返品|返金|取消|refund|returned"},
)  # fmt: skip
OWN = (
    ImportField(
        "external_id",
        _("Number of the order"),
        listed("注文番号|注文ID|受注番号|購入ID|伝票番号|order id|order number|purchase id|transaction id"),
        is_needed=True,
    ),
    ImportField(
        "purchased_on",
        _("Bought on"),
        listed("購入日|注文日|受注日|日付|order date|purchased on|purchase date|date"),
        "date",
        is_needed=True,
    ),
    ImportField(
        "product",
        _("Product"),
        listed("商品名|商品|製品|品名|product|product name|item"),
        is_needed=True,
    ),
    ImportField(
        "kind",
        pgettext_lazy("purchase", "Kind"),
        listed("区分|種別|種類|購入区分|購入の種類|kind|type"),
        "choice",
        choices=KINDS,
    ),
    ImportField("quantity", pgettext_lazy("purchase", "Quantity"), listed("数量|個数|quantity|qty"), "whole"),
    ImportField(
        "amount", _("Amount before tax"), listed("金額|税抜金額|購入金額|注文金額|amount|price|total"), "amount"
    ),
    ImportField("tax_percent", _("Tax in percent"), listed("税率|消費税率|tax rate|tax percent"), "percent"),
    ImportField("currency", _("Currency"), listed("通貨|currency")),
)
NAMES = tuple(item.name for item in OWN)


def fields() -> list[ImportField]:
    return [*referring.FIELDS, *referring.PERSON, *OWN]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the order: it may stand in a file once."""
    if values.get("external_id"):
        yield f"o:{values['external_id']}", ""


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch. A known order is compared; one that says something else is bad, for what was bought is not rewritten."""
    plans = [Plan(row, title=_title(row.values), problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    people = referring.find_people(fine)
    accounts = referring.find_customers(fine, context, is_needed=True)
    ids = {str(item.row.values["external_id"]) for item in fine}
    here = {row.external_id: row for row in Purchase.objects.filter(external_id__in=ids).exclude(external_id="")}
    for item in [item for item in fine if not item.problems]:
        first = item.row.firsts.get(f"o:{item.row.values['external_id']}", item.row.line)
        if first != item.row.line:
            item.refuse(context.header("external_id"), "twice", value=item.row.values["external_id"], at=first)
            continue
        person = people.get(item.row.line)
        _plan_one(item, accounts[item.row.line].pk, person.pk if person else None, here, context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Note what is new."""
    new = [item for item in plans if item.work is not None]
    made = actions.note_purchases(
        viewer=context.viewer, rows=[item.work for item in new], now=context.now, import_id=context.run_id
    )
    ids = {row.external_id: row.pk for row in made}
    return [[[THING, ids[item.row.values["external_id"]], ADDED]] if item.work is not None else [] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Remove what was noted."""
    added = {entry[1]: row for row in rows for entry in row.done}
    stays = actions.take_back_purchases(viewer=context.viewer, ids=list(added), now=context.now)
    undone = {row.line: Undone(row.line) for row in rows}
    for pk, row in added.items():
        if pk in stays:
            undone[row.line].kept.append((THING, pk, stays[pk]))
        else:
            undone[row.line].back += 1
    return list(undone.values())


def _title(values: dict[str, Any]) -> str:
    return "・".join(str(values[name]) for name in ("account_name", "product", "external_id") if values.get(name))[:200]


def _plan_one(item: Plan, account_id: int, contact_id: int | None, here: dict[str, Purchase], context: Context) -> None:
    given = {name: item.row.values[name] for name in NAMES if item.row.values.get(name) is not None}
    known = here.get(given["external_id"])
    said = str(given.get("currency") or (known.currency if known else "")).upper()
    currency = pricing.currency_of(said, given.get("amount"))
    given |= pricing.told(said, currency)
    given |= {"amount": pricing.minor_units(item, "amount", currency, context)} if "amount" in given else {}
    if item.problems:
        return
    try:
        clean = checked_purchase(given)
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason, value=given.get(refused.field or "", ""))
        return
    if clean["purchased_on"] > context.now.date():
        item.refuse(context.header("purchased_on"), "in_future", value=clean["purchased_on"])
        return
    if known is None:
        item.work = {**clean, "account_id": account_id, "contact_id": contact_id}
        shown = {**clean, "amount": money_text(clean["amount"], currency)}
        item.changes = [(THING, name, None, shown[name]) for name in NAMES if shown[name] not in ("", None)]
        return
    differs = [name for name in given if clean[name] != getattr(known, name)]
    if known.account_id != account_id or differs:
        name = differs[0] if differs else "account_external_id"
        item.refuse(context.header(name), "order_is_known", value=given.get(name, ""))


KIND = ImportKind("purchases", _("Purchases"), "package", fields, keys, plan, write, undo)
