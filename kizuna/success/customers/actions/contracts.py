"""Contracts from signing to end: each change keeps the whole contract, and the account's sums with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import activities, money, policies
from kizuna.success.customers.actions.checking import checked_contract, checked_line, line, require_chunk
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.actions.touching import Touch, write_touchpoints
from kizuna.success.customers.models import Account, Contract, ContractChange, ContractLine, Touchpoint

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
KEPT = (*FIELDS, "billing_account_id", "noticed_on", "ended_on", "end_reason")


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
    require_chunk(rows)
    _require_accounts(rows)
    made = []
    clean = [checked_contract(row) for row in rows]
    _require_new_ids(clean)
    for row, fields in zip(rows, clean, strict=True):
        contract = Contract.objects.create(
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
        _write_lines(contract, row["lines"], starts_on=contract.starts_on)
        made.append(contract)
    for contract in made:
        _keep(
            contract, What.SIGNED, viewer=viewer, now=now, at=_noon(contract.starts_on, now), is_import=bool(import_id)
        )
    refresh_accounts(
        account_ids={contract.account_id for contract in made}, today=local_day(now), viewer=viewer, now=now
    )
    return made


@transaction.atomic
def change_contract(*, viewer: Viewer, contract: Contract, fields: Mapping[str, Any], now: datetime) -> Contract:
    """Change the terms of a contract; its lines have an action of their own."""
    policies.require_worker(viewer)
    contract = _locked(contract)
    clean = checked_contract({**{name: getattr(contract, name) for name in FIELDS}, **fields})
    clean["billing_account_id"] = fields.get("billing_account_id", contract.billing_account_id)
    _require_accounts([{"account_id": contract.account_id, "billing_account_id": clean["billing_account_id"]}])
    changed = [name for name in (*FIELDS, "billing_account_id") if clean[name] != getattr(contract, name)]
    if "external_id" in changed:
        _require_new_ids([clean])
    for name in changed:
        setattr(contract, name, clean[name])
    if changed:
        _saved(contract, What.CHANGED, viewer=viewer, now=now)
    return contract


@transaction.atomic
def change_lines(
    *, viewer: Viewer, contract: Contract, lines: Sequence[Mapping[str, Any]], from_on: date, now: datetime
) -> None:
    """Let other lines hold from a day on; what held before stays readable for the days before."""
    policies.require_worker(viewer)
    contract = _locked(contract)
    if from_on < contract.starts_on:
        raise Refused(_("This day lies before the contract."), field="from_on")
    require(bool(lines), _("A contract needs a line."))
    later = contract.lines.filter(starts_on__gte=from_on)
    later.delete()
    contract.lines.filter(Q(ends_on=None) | Q(ends_on__gte=from_on)).update(ends_on=from_on - timedelta(days=1))
    _write_lines(contract, lines, starts_on=from_on)
    _saved(contract, What.CHANGED, viewer=viewer, now=now)


@transaction.atomic
def give_notice(
    *, viewer: Viewer, contract: Contract, noticed_on: date, ended_on: date, reason: str, now: datetime
) -> None:
    """Note that notice was given: on which day, for which last day, and why."""
    policies.require_worker(viewer)
    contract = _locked(contract)
    if ended_on < contract.starts_on:
        raise Refused(_("This day lies before the contract."), field="ended_on")
    if noticed_on > ended_on:
        raise Refused(_("Notice cannot be given after the last day."), field="noticed_on")
    contract.noticed_on, contract.ended_on = noticed_on, ended_on
    contract.end_reason = line({"reason": reason}, "reason", longest=400)
    _saved(contract, What.NOTICED, viewer=viewer, now=now)


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
def change_whole_contract(*, viewer: Viewer, contract: Contract, fields: Mapping[str, Any], now: datetime) -> None:
    """Change terms, lines and notice in one go, as an integration sends them; what is not named stays."""
    policies.require_worker(viewer)
    terms = {name: fields[name] for name in (*FIELDS, "billing_account_id") if name in fields}
    if terms:
        change_contract(viewer=viewer, contract=contract, fields=terms, now=now)
    if fields.get("lines"):
        from_on = fields.get("lines_from") or local_day(now)
        change_lines(viewer=viewer, contract=contract, lines=fields["lines"], from_on=from_on, now=now)
    if fields.get("ended_on"):
        noticed_on = fields.get("noticed_on") or min(local_day(now), fields["ended_on"])
        reason = str(fields.get("end_reason") or "")
        give_notice(
            viewer=viewer, contract=contract, noticed_on=noticed_on, ended_on=fields["ended_on"], reason=reason, now=now
        )


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


def state_of(contract: Contract) -> dict[str, Any]:
    """Return a contract with its lines as the history keeps it."""
    lines = contract.lines.order_by("starts_on", "pk").values(
        "product", "plan", "seats", "unit_price", "tax_percent", "starts_on", "ends_on"
    )
    return {
        **{name: _plain(getattr(contract, name)) for name in KEPT},
        "lines": [{name: _plain(value) for name, value in item.items()} for item in lines],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _locked(contract: Contract) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)


def _saved(contract: Contract, what: str, *, viewer: Viewer, now: datetime) -> None:
    contract.updated_at = now
    contract.save()
    _keep(contract, what, viewer=viewer, now=now, at=now)
    refresh_accounts(account_ids={contract.account_id}, today=local_day(now), viewer=viewer, now=now)


def _keep(
    contract: Contract, what: str, *, viewer: Viewer, now: datetime, at: datetime, is_import: bool = False
) -> None:
    """Keep what the contract is now, and say so on the timeline and in the log."""
    change = ContractChange.objects.create(
        contract=contract, at=now, what=what, by_id=viewer.member_id, state=state_of(contract)
    )
    products = "・".join(dict.fromkeys(item["product"] for item in change.state["lines"]))
    write_touchpoints(
        [
            Touch(
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
        ]
    )
    if not is_import:
        props = {"account": contract.account_id}
        record(
            VERBS[What(what)],
            actor_id=viewer.member_id,
            object_type="contract",
            object_id=contract.pk,
            at=now,
            props=props,
        )


def _write_lines(contract: Contract, lines: Iterable[Mapping[str, Any]], *, starts_on: date) -> None:
    ContractLine.objects.bulk_create(
        ContractLine(
            contract=contract,
            **checked_line(item),
            starts_on=item.get("starts_on") or starts_on,
            ends_on=item.get("ends_on"),
        )
        for item in lines
    )


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
    if len(set(ids)) < len(ids) or Contract.objects.filter(external_id__in=ids).exists():
        raise Refused(_("Another contract has this number already."), field="external_id", code="taken")
