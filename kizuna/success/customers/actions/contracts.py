"""Contracts from signing to end: each change keeps the whole contract, and the account's sums with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, update_many
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import activities, money, policies, seeing
from kizuna.success.customers.actions.checking import checked_contract, checked_line, line, require_chunk
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.actions.touching import Touch, write_touchpoints
from kizuna.success.customers.models import Account, Contract, ContractChange, ContractLine, Touchpoint
from kizuna.success.customers.queries import opening

What = ContractChange.What
VERBS = {
    What.SIGNED: activities.CONTRACT_SIGNED,
    What.CHANGED: activities.CONTRACT_CHANGED,
    What.RENEWED: activities.CONTRACT_RENEWED,
    What.NOTICED: activities.CONTRACT_NOTICED,
    What.REVOKED: activities.CONTRACT_REVOKED,
}
FIELDS = (
    "external_id", "title", "currency", "billing", "starts_on", "ends_on", "term_months", "is_auto_renewed", "notice_by",
)  # fmt: skip
LINE = ("product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on")
KEPT = (*FIELDS, "billing_account_id", "noticed_on", "ended_on", "end_reason")
TERMS = (*FIELDS, "billing_account_id")
COLUMNS = (*FIELDS, "billing_account", "noticed_on", "ended_on", "end_reason")


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
    _require_accounts(rows)
    clean = [checked_contract(row) for row in rows]
    _require_new_ids(clean)
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
        _lines(contract, row["lines"], starts_on=contract.starts_on) for contract, row in zip(made, rows, strict=True)
    ]
    insert_many([item for own in lines for item in own])
    _keep_all(
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
    work = _begun({contract.pk: fields}, viewer=viewer, now=now, import_id=import_id)
    said = [name for name in FIELDS if name in fields]
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
    work = _begun({contract.pk: said}, viewer=viewer, now=now, import_id=import_id)
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
    work = _begun({contract.pk: said}, viewer=viewer, now=now, import_id=import_id)
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
    work = _begun(changes, viewer=viewer, now=now, import_id=import_id)
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


def state_of(contract: Contract, lines: Iterable[ContractLine] | None = None) -> dict[str, Any]:
    """Return a contract with its lines as the history keeps it."""
    held = contract.lines.order_by("starts_on", "pk") if lines is None else lines
    return {
        **{name: _plain(getattr(contract, name)) for name in KEPT},
        "lines": [{name: _plain(getattr(item, name)) for name in LINE} for item in held],
    }


def _require_unchanged(opened: Opened | None, contract: Contract, values: Mapping[str, Any]) -> None:
    require_unchanged(opened, values, lambda after: opening.contract_changes(contract, list(values), after=after))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _locked(contract: Contract) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)


def _saved(contract: Contract, what: str, *, viewer: Viewer, now: datetime, import_id: int | None = None) -> None:
    contract.updated_at = now
    contract.save()
    held = list(contract.lines.order_by("starts_on", "pk"))
    _keep_all([(contract, held, now)], what, viewer=viewer, now=now, is_import=bool(import_id))
    refresh_accounts(account_ids={contract.account_id}, today=local_day(now), viewer=viewer, now=now)


@dataclass
class _Changing:
    """Contracts being changed: each step keeps in the history what they were after it."""

    changes: Mapping[int, Mapping[str, Any]]
    contracts: dict[int, Contract]
    lines: dict[int, list[ContractLine]]
    viewer: Viewer
    now: datetime
    import_id: int | None
    touched: set[int] = field(default_factory=set)

    def change_terms(self) -> None:
        """Change what stands on the contracts themselves."""
        changed, renumbered = [], []
        for pk, contract in self.contracts.items():
            said = {name: self.changes[pk][name] for name in TERMS if name in self.changes[pk]}
            if not said:
                continue
            clean = checked_contract({**{name: getattr(contract, name) for name in FIELDS}, **said})
            clean["billing_account_id"] = said.get("billing_account_id", contract.billing_account_id)
            if clean["billing_account_id"] is not None:
                _require_accounts([{"account_id": contract.account_id, **clean}])
            differing = [name for name in TERMS if clean[name] != getattr(contract, name)]
            for name in differing:
                setattr(contract, name, clean[name])
            changed += [contract] if differing else []
            renumbered += [clean] if "external_id" in differing else []
        if renumbered:
            _require_new_ids(renumbered)
        self._keep(changed, What.CHANGED)

    def change_lines(self) -> None:
        """Let other lines hold from a day on: what would begin later goes, what holds ends the day before."""
        changed, gone, over, new = [], [], [], []
        today = local_day(self.now)
        for pk, contract in self.contracts.items():
            if not self.changes[pk].get("lines"):
                continue
            from_on = self.changes[pk].get("lines_from") or today
            if from_on < contract.starts_on:
                raise Refused(_("This day lies before the contract."), field="from_on")
            gone += [item for item in self.lines[pk] if item.starts_on >= from_on]
            before = [item for item in self.lines[pk] if item.starts_on < from_on]
            for item in before:
                if item.ends_on is None or item.ends_on >= from_on:
                    item.ends_on = from_on - timedelta(days=1)
                    over.append(item)
            begun = _lines(contract, self.changes[pk]["lines"], starts_on=from_on)
            new += begun
            self.lines[pk] = before + begun
            changed.append(contract)
        ContractLine.objects.filter(pk__in=[item.pk for item in gone]).delete()
        update_many(over, ["ends_on"])
        insert_many(new)
        self._keep(changed, What.CHANGED)

    def give_notice(self) -> None:
        """Note notices: on which day, for which last day, and why."""
        changed, today = [], local_day(self.now)
        for pk, contract in self.contracts.items():
            said = self.changes[pk]
            ended_on = said.get("ended_on")
            if not ended_on:
                continue
            noticed_on = said.get("noticed_on") or min(today, ended_on)
            if ended_on < contract.starts_on:
                raise Refused(_("This day lies before the contract."), field="ended_on")
            if noticed_on > ended_on:
                raise Refused(_("Notice cannot be given after the last day."), field="noticed_on")
            contract.noticed_on, contract.ended_on = noticed_on, ended_on
            if "end_reason" in said:
                contract.end_reason = line(said, "end_reason", longest=400)
            changed.append(contract)
        self._keep(changed, What.NOTICED)

    def end(self) -> None:
        """Write the contracts, and let the sums of their accounts follow."""
        changed = [self.contracts[pk] for pk in sorted(self.touched)]
        for contract in changed:
            contract.updated_at = self.now
        update_many(changed, [*COLUMNS, "updated_at"])
        ids = {contract.account_id for contract in changed}
        refresh_accounts(account_ids=ids, today=local_day(self.now), viewer=self.viewer, now=self.now)

    def _keep(self, changed: Sequence[Contract], what: str) -> None:
        self.touched |= {contract.pk for contract in changed}
        kept = [(contract, sorted(self.lines[contract.pk], key=_by_day), self.now) for contract in changed]
        _keep_all(kept, what, viewer=self.viewer, now=self.now, is_import=bool(self.import_id))


def _begun(
    changes: Mapping[int, Mapping[str, Any]], *, viewer: Viewer, now: datetime, import_id: int | None
) -> _Changing:
    """Lock contracts to be changed, and read them with their lines."""
    policies.require_worker(viewer)
    rows = Contract.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk")
    contracts = {row.pk: row for row in rows}
    if len(contracts) < len(changes):
        raise Contract.DoesNotExist("A contract that is to be changed is no longer there.")
    lines: dict[int, list[ContractLine]] = {pk: [] for pk in contracts}
    for item in ContractLine.objects.filter(contract_id__in=list(contracts)):
        lines[item.contract_id].append(item)
    return _Changing(changes, contracts, lines, viewer, now, import_id)


def _by_day(item: ContractLine) -> tuple[date, int]:
    return item.starts_on, item.pk


def _keep_all(
    kept: Sequence[tuple[Contract, Sequence[ContractLine], datetime]],
    what: str,
    *,
    viewer: Viewer,
    now: datetime,
    is_import: bool,
) -> None:
    """Keep what contracts are now, and say so on the timeline (each at its moment) and in the log."""
    changes = [
        ContractChange(contract=contract, at=now, what=what, by_id=viewer.member_id, state=state_of(contract, lines))
        for contract, lines, _at in kept
    ]
    insert_many(changes)
    write_touchpoints(
        [
            _touch(change, contract, what, viewer=viewer, at=at)
            for change, (contract, _lines, at) in zip(changes, kept, strict=True)
        ]
    )
    for contract, _held, _at in () if is_import else kept:
        record(
            VERBS[What(what)],
            actor_id=viewer.member_id,
            object_type="contract",
            object_id=contract.pk,
            at=now,
            props={"account": contract.account_id},
        )


def _touch(change: ContractChange, contract: Contract, what: str, *, viewer: Viewer, at: datetime) -> Touch:
    products = "・".join(dict.fromkeys(item["product"] for item in change.state["lines"]))
    return Touch(
        key=f"contract:{change.pk}",
        account_id=contract.account_id,
        member_id=viewer.member_id,
        channel="contract",
        kind=VERBS[What(what)].verb,
        at=at,
        title=f"{contract.title or products}"[:200],
        excerpt=contract.end_reason,
        source_type="contract",
        source_id=contract.pk,
        direction=Touchpoint.Direction.NONE,
        is_internal=True,
    )


def _lines(contract: Contract, lines: Iterable[Mapping[str, Any]], *, starts_on: date) -> list[ContractLine]:
    return [
        ContractLine(
            contract=contract,
            **checked_line(item),
            starts_on=item.get("starts_on") or starts_on,
            ends_on=item.get("ends_on"),
        )
        for item in lines
    ]


def _noon(day: date, now: datetime) -> datetime:
    """Return the moment at which a day's contract stands on the timeline: the day it began, never later than now."""
    return min(now, datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo))


def _require_accounts(rows: Sequence[Mapping[str, Any]]) -> None:
    named = [*(row["account_id"] for row in rows), *(row.get("billing_account_id") for row in rows)]
    wanted = {account_id for account_id in named if account_id is not None}
    if Account.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Refused(_("Please choose from the list."), field="account")


def _require_new_ids(rows: Sequence[Mapping[str, Any]]) -> None:
    ids = [row["external_id"] for row in rows if row["external_id"]]
    if len(set(ids)) < len(ids) or Contract.objects.filter(external_id__in=ids).exclude(external_id="").exists():
        raise Refused(_("Another contract has this number already."), field="external_id", code="taken")
