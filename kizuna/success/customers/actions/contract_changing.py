"""Contracts being changed: locked with their lines, taken through each step, written together at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, update_many
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import policies
from kizuna.success.customers.actions.checking import checked_contract, checked_line, line
from kizuna.success.customers.actions.contract_history import FIELDS, What, keep_all
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.models import Account, Contract, ContractLine

TERMS = (*FIELDS, "billing_account_id")
COLUMNS = (*FIELDS, "billing_account", "noticed_on", "ended_on", "end_reason")


@dataclass
class Changing:
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
                require_accounts([{"account_id": contract.account_id, **clean}])
            differing = [name for name in TERMS if clean[name] != getattr(contract, name)]
            for name in differing:
                setattr(contract, name, clean[name])
            changed += [contract] if differing else []
            renumbered += [clean] if "external_id" in differing else []
        if renumbered:
            require_new_ids(renumbered)
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
            begun = lines_of(contract, self.changes[pk]["lines"], starts_on=from_on)
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
        keep_all(kept, what, viewer=self.viewer, now=self.now, is_import=bool(self.import_id))


def begun(
    changes: Mapping[int, Mapping[str, Any]], *, viewer: Viewer, now: datetime, import_id: int | None
) -> Changing:
    """Lock contracts to be changed, and read them with their lines."""
    policies.require_worker(viewer)
    rows = Contract.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk")
    contracts = {row.pk: row for row in rows}
    if len(contracts) < len(changes):
        raise Contract.DoesNotExist("A contract that is to be changed is no longer there.")
    lines: dict[int, list[ContractLine]] = {pk: [] for pk in contracts}
    for item in ContractLine.objects.filter(contract_id__in=list(contracts)):
        lines[item.contract_id].append(item)
    return Changing(changes, contracts, lines, viewer, now, import_id)


def _by_day(item: ContractLine) -> tuple[date, int]:
    return item.starts_on, item.pk


def lines_of(contract: Contract, lines: Iterable[Mapping[str, Any]], *, starts_on: date) -> list[ContractLine]:
    return [
        ContractLine(
            contract=contract,
            **checked_line(item),
            starts_on=item.get("starts_on") or starts_on,
            ends_on=item.get("ends_on"),
        )
        for item in lines
    ]


def require_accounts(rows: Sequence[Mapping[str, Any]]) -> None:
    named = [*(row["account_id"] for row in rows), *(row.get("billing_account_id") for row in rows)]
    wanted = {account_id for account_id in named if account_id is not None}
    if Account.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Refused(_("Please choose from the list."), field="account")


def require_new_ids(rows: Sequence[Mapping[str, Any]]) -> None:
    ids = [row["external_id"] for row in rows if row["external_id"]]
    if len(set(ids)) < len(ids) or Contract.objects.filter(external_id__in=ids).exclude(external_id="").exists():
        raise Refused(_("Another contract has this number already."), field="external_id", code="taken")
