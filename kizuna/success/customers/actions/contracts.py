"""Contracts from signing to end: each change keeps the whole contract, and the account's sums with it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import money, policies, seeing
from kizuna.success.customers.actions.checking import checked_contract, line, require_chunk
from kizuna.success.customers.actions.contract_changing import TERMS, begun, lines_of, require_accounts, require_new_ids
from kizuna.success.customers.actions.contract_history import KEPT, LINE, What, keep_all
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.models import Account, Contract, ContractLine
from kizuna.success.customers.queries import opening


@transaction.atomic
def sign_contract(
    *, viewer: Viewer, account: Account, fields: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], now: datetime
) -> Contract:
    """Note a contract with its lines."""
    row = {**fields, "account_id": account.pk, "lines": lines}
    return sign_contracts(viewer=viewer, rows=[row], now=now)[0]


@transaction.atomic
def sign_contracts(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Contract]:
    """Note contracts: rows hold FIELDS, `account_id`, `billing_account_id`, `lines`, and perhaps the days of an end."""
    policies.require_worker(viewer)
    seeing.require(viewer, seeing.AMOUNT, field="lines")
    require_chunk(rows)
    seeing.require_may_fill(viewer, *rows)
    require_accounts(rows)
    clean = [checked_contract(row) for row in rows]
    require_new_ids(clean)
    made = [
        Contract(
            **fields,
            account_id=row["account_id"],
            billing_account_id=row.get("billing_account_id"),
            noticed_on=row.get("noticed_on"),
            ended_on=row.get("ended_on"),
            end_reason=line(row, "end_reason", longest=400),
            import_id=import_id,
            created_at=now,
            updated_at=now,
        )
        for row, fields in zip(rows, clean, strict=True)
    ]
    insert_many(made)
    lines = [
        lines_of(contract, row["lines"], starts_on=contract.starts_on) for contract, row in zip(made, rows, strict=True)
    ]
    insert_many([item for own in lines for item in own])
    keep_all(
        [(contract, own, _noon(contract.starts_on, now)) for contract, own in zip(made, lines, strict=True)],
        What.SIGNED,
        viewer=viewer,
        now=now,
        is_import=bool(import_id),
    )
    refresh_accounts(
        account_ids={contract.account_id for contract in made}, today=local_day(now), viewer=viewer, now=now
    )
    return made


@transaction.atomic
def change_contract(
    *,
    viewer: Viewer,
    contract: Contract,
    fields: Mapping[str, Any],
    now: datetime,
    import_id: int | None = None,
    opened: Opened | None = None,
) -> Contract:
    """Change the terms of a contract; its lines have an action of their own."""
    seeing.require_may_change(viewer, fields)
    work = begun({contract.pk: fields}, viewer=viewer, now=now, import_id=import_id)
    said = [name for name in TERMS if name in fields]
    values = opening.values_of(work.contracts[contract.pk], said)
    if any(values[name] != fields[name] for name in said):
        _require_unchanged(opened, contract, values)
    work.change_terms()
    work.end()
    return work.contracts[contract.pk]


@transaction.atomic
def change_lines(
    *,
    viewer: Viewer,
    contract: Contract,
    lines: Sequence[Mapping[str, Any]],
    from_on: date,
    now: datetime,
    import_id: int | None = None,
    opened: Opened | None = None,
) -> None:
    """Let other lines hold from a day on; what held before stays readable for the days before."""
    seeing.require(viewer, seeing.AMOUNT, field="lines")
    require(bool(lines), _("A contract needs a line."))
    said = {"lines": lines, "lines_from": from_on}
    work = begun({contract.pk: said}, viewer=viewer, now=now, import_id=import_id)
    _require_unchanged(opened, contract, {"lines": opening.lines_now(contract)})
    work.change_lines()
    work.end()


@transaction.atomic
def give_notice(
    *,
    viewer: Viewer,
    contract: Contract,
    noticed_on: date,
    ended_on: date,
    now: datetime,
    reason: str | None = None,
    import_id: int | None = None,
    opened: Opened | None = None,
) -> None:
    """Note that notice was given: on which day, for which last day, and why (None: as was written down before)."""
    said: dict[str, Any] = {"noticed_on": noticed_on, "ended_on": ended_on}
    if reason is not None:
        said["end_reason"] = reason
    seeing.require_may_change(viewer, said)
    work = begun({contract.pk: said}, viewer=viewer, now=now, import_id=import_id)
    values = opening.values_of(work.contracts[contract.pk], said)
    if opened is not None and values == said:
        return  # sent twice
    _require_unchanged(opened, contract, values)
    work.give_notice()
    work.end()


@transaction.atomic
def revoke_notice(*, viewer: Viewer, contract: Contract, now: datetime) -> None:
    """Take a notice back: the contract goes on as if none had been given."""
    policies.require_worker(viewer)
    contract = _locked(contract)
    require(contract.ended_on is not None, _("No notice was given."))
    contract.noticed_on = contract.ended_on = None
    contract.end_reason = ""
    _saved(contract, What.REVOKED, viewer=viewer, now=now)


@transaction.atomic
def change_whole_contract(
    *, viewer: Viewer, contract: Contract, fields: Mapping[str, Any], now: datetime, import_id: int | None = None
) -> None:
    """Change terms, lines and notice in one go, as an integration sends them; what is not named stays."""
    change_whole_contracts(viewer=viewer, changes={contract.pk: fields}, now=now, import_id=import_id)


@transaction.atomic
def change_whole_contracts(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> None:
    """Change terms, lines and notice of up to CHUNK contracts: the many-form, in few statements."""
    require_chunk(changes)
    for fields in changes.values():
        seeing.require_may_change(viewer, fields)
    work = begun(changes, viewer=viewer, now=now, import_id=import_id)
    work.change_terms()
    work.change_lines()
    work.give_notice()
    work.end()


@transaction.atomic
def restore_contract(*, viewer: Viewer, contract: Contract, state: Mapping[str, Any], now: datetime) -> None:
    """Set a contract back to what its history says it was, lines included. The history keeps both.

    Where `state` says when it had been changed before (`updated_at`), that holds again: what came earlier can be undone as well.
    """
    policies.require_worker(viewer)
    contract = _locked(contract)
    for name in KEPT:
        setattr(contract, name, _day(state[name]) if name.endswith(("_on", "_by")) else state[name])
    contract.lines.all().delete()
    ContractLine.objects.bulk_create(
        ContractLine(
            contract=contract,
            **{name: _day(item[name]) if name.endswith("_on") else item[name] for name in LINE},
        )
        for item in state["lines"]
    )
    _saved(contract, What.CHANGED, viewer=viewer, now=now, import_id=contract.import_id or -1)
    if state.get("updated_at"):
        Contract.objects.filter(pk=contract.pk).update(updated_at=datetime.fromisoformat(state["updated_at"]))


@transaction.atomic
def renew_due(*, viewer: Viewer, today: date, now: datetime, limit: int = 200) -> int:
    """Let contracts whose term is over go on for another, where they renew by themselves. Returns how many did."""
    due = Contract.objects.select_for_update(of=("self",)).filter(
        ended_on=None, noticed_on=None, is_auto_renewed=True, ends_on__lt=today
    )
    contracts = list(due.order_by("pk")[:limit])
    for contract in contracts:
        assert contract.ends_on is not None
        while contract.ends_on < today:
            contract.ends_on = money.later(contract.ends_on, months=contract.term_months)
            if contract.notice_by:
                contract.notice_by = money.later(contract.notice_by, months=contract.term_months)
        _saved(contract, What.RENEWED, viewer=viewer, now=now)
    return len(contracts)


def _require_unchanged(opened: Opened | None, contract: Contract, values: Mapping[str, Any]) -> None:
    require_unchanged(opened, values, lambda after: opening.contract_changes(contract, list(values), after=after))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _locked(contract: Contract) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)


def _saved(contract: Contract, what: str, *, viewer: Viewer, now: datetime, import_id: int | None = None) -> None:
    contract.updated_at = now
    contract.save()
    held = list(contract.lines.order_by("starts_on", "pk"))
    keep_all([(contract, held, now)], what, viewer=viewer, now=now, is_import=bool(import_id))
    refresh_accounts(account_ids={contract.account_id}, today=local_day(now), viewer=viewer, now=now)


def _noon(day: date, now: datetime) -> datetime:
    """Return the moment at which a day's contract stands on the timeline: the day it began, never later than now."""
    return min(now, datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo))
