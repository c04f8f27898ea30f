"""What contracts were after each change: kept whole, said on the timeline and in the log."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from kizuna.base.rows import insert_many
from kizuna.core.activity.actions import record
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import activities
from kizuna.success.customers.actions.touching import Touch, write_touchpoints
from kizuna.success.customers.models import Contract, ContractChange, ContractLine, Touchpoint

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


def keep_all(
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


def state_of(contract: Contract, lines: Iterable[ContractLine] | None = None) -> dict[str, Any]:
    """Return a contract with its lines as the history keeps it."""
    held = contract.lines.order_by("starts_on", "pk") if lines is None else lines
    return {
        **{name: _plain(getattr(contract, name)) for name in KEPT},
        "lines": [{name: _plain(getattr(item, name)) for name in LINE} for item in held],
    }


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


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
