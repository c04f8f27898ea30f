"""What forms of the desk are opened on, and who changed it since: actions compare the same values under their lock."""

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

from kizuna.base.web.opened import Change, Opened
from kizuna.core.activity.models import Activity
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    AccountChange,
    Contact,
    Contract,
    ContractChange,
    Note,
    NoteVersion,
    SuccessDefinition,
)

MOST = 20
AGREED = ("problem", "goal", "contribution", "criteria", "agreed_on", "next_review_on")
NOTICE = ("noticed_on", "ended_on", "end_reason")


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return some values of a row, None where there is no row."""
    return {name: getattr(row, name, None) for name in names}


def held_values(account: Account, slugs: Iterable[str]) -> dict[str, Any]:
    """Return the manager's fields of an account by slug, None for what is empty."""
    rows = AccountAttributeValue.objects.filter(account=account, ended_at=None, attribute__slug__in=list(slugs))
    held = dict(rows.values_list("attribute__slug", "value"))
    return {slug: held.get(slug) for slug in slugs}


def lines_now(contract: Contract) -> list[tuple[Any, ...]]:
    """Return the lines of a contract as plain values."""
    names = ("product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on")
    return list(contract.lines.order_by("starts_on", "pk").values_list(*names))


def account_opened(account: Account, names: Iterable[str]) -> Opened:
    number = account.changes.order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(values_of(account, names), number=number)


def account_changes(account: Account, names: Collection[str], *, after: int) -> list[Change]:
    """Return who changed some of an account's facts after a change, the latest first."""
    rows = AccountChange.objects.filter(account=account, pk__gt=after).select_related("by").order_by("-pk")
    found = [(row, [name for name in row.fields if name in names]) for row in rows[: MOST * 5]]
    return [Change(_by(row), row.at, fields) for row, fields in found if fields][:MOST]


def contract_opened(contract: Contract, values: Mapping[str, Any]) -> Opened:
    return Opened.on(values, number=contract.changes.order_by("-pk").values_list("pk", flat=True).first())


def contract_changes(contract: Contract, names: Collection[str], *, after: int) -> list[Change]:
    """Return who changed some terms of a contract after a change, the latest first: told by comparing what it was each time."""
    rows = ContractChange.objects.filter(contract=contract, pk__gte=after).select_related("by").order_by("-pk")
    states = list(rows[: MOST + 1])
    found = []
    for row, before in pairwise(states):
        fields = [name for name in names if row.state.get(name) != before.state.get(name)]
        if fields:
            found.append(Change(_by(row), row.at, fields))
    return found


def success_opened(last: SuccessDefinition | None) -> Opened:
    return Opened.on(values_of(last, AGREED), number=last.pk if last else None)


def success_changes(account: Account, *, after: int) -> list[Change]:
    """Return who agreed anew after an agreement, the latest first."""
    rows = SuccessDefinition.objects.filter(account=account, pk__gte=after).select_related("by").order_by("-pk")
    found = list(rows[: MOST + 1])
    return [
        Change(_by(row), row.created_at, [name for name in AGREED if getattr(row, name) != getattr(before, name, None)])
        for row, before in zip(found[:MOST], [*found[1:], None], strict=False)
        if row.pk > after
    ]


def note_opened(note: Note) -> Opened:
    number = note.versions.order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(values_of(note, ("body", "is_internal")), number=number)


def note_changes(note: Note, *, after: int) -> list[Change]:
    """Return who edited a note after an edit, the latest first."""
    rows = NoteVersion.objects.filter(note=note, pk__gt=after).select_related("by").order_by("-pk")[:MOST]
    return [Change(_by(row), row.at) for row in rows]


def contact_opened(contact: Contact, names: Iterable[str]) -> Opened:
    return Opened.on(values_of(contact, names), number=_last_logged("contact", contact.pk))


def values_opened(account: Account, slugs: Iterable[str]) -> Opened:
    return Opened.on(held_values(account, slugs), number=_last_logged("account", account.pk))


def logged_changes(verb: str, object_id: int, names: Collection[str], *, after: int) -> list[Change]:
    """Return who changed some fields of something, as the log tells it, the latest first. Imports are not in it."""
    rows = Activity.objects.filter(object_type=verb.split(".")[0], object_id=object_id, verb=verb, pk__gt=after)
    found = []
    for row in rows.select_related("actor").order_by("-pk")[: MOST * 5]:
        fields = [name for name in str(row.props.get("fields", "")).split(",") if name in names]
        if fields:
            found.append(Change(row.actor.name if row.actor else "", row.at, fields))
    return found[:MOST]


def _last_logged(object_type: str, object_id: int) -> int | None:
    rows = Activity.objects.filter(object_type=object_type, object_id=object_id)
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def _by(row: Any) -> str:
    return row.by.name if row.by else ""
