"""Note that customers left, why and in which words. One that names a contract ends it by the contract's own actions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, pointed_at, update_many
from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import activities, policies, seeing
from kizuna.success.customers.actions.checking import checked_cancellation, require_chunk
from kizuna.success.customers.actions.touching import Touch, keep_touchpoints, remove_touchpoints
from kizuna.success.customers.models import Account, Cancellation, Contract

FIELDS = ("external_id", "cancelled_on", "reason", "told")


@transaction.atomic
def note_cancellations(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Cancellation]:
    """Note that customers left: rows hold FIELDS, `account_id` and perhaps `contract_id`. Raises Refused for the first bad one."""
    policies.require_worker(viewer)
    require_chunk(rows)
    seeing.require_may_fill(viewer, *rows)
    clean = [checked_cancellation(row) for row in rows]
    _require_places(rows)
    _require_new_ids(clean)
    made = insert_many(
        [
            Cancellation(
                **fields,
                account_id=row["account_id"],
                contract_id=row.get("contract_id"),
                import_id=import_id,
                created_at=now,
                updated_at=now,
            )
            for row, fields in zip(rows, clean, strict=True)
        ]
    )
    keep_touchpoints([_touch(row, now=now) for row in made])
    for row in made if import_id is None else ():
        props = {"account": row.account_id, "contract": row.contract_id}
        _record(activities.CANCELLATION_NOTED, row, viewer=viewer, now=now, props=props)
    return made


@transaction.atomic
def change_cancellations(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> dict[int, dict[str, list[Any]]]:
    """Correct what was noted. Returns {cancellation: {field: [before, after]}} of what changed."""
    policies.require_worker(viewer)
    require_chunk(changes)
    seeing.require_may_change(viewer, *changes.values())
    found: dict[int, dict[str, list[Any]]] = {}
    rows = Cancellation.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk")
    changed = []
    for row in rows:
        clean = checked_cancellation({**{name: getattr(row, name) for name in FIELDS}, **changes[row.pk]})
        differing = {name: [getattr(row, name), clean[name]] for name in FIELDS if getattr(row, name) != clean[name]}
        if "external_id" in differing:
            _require_new_ids([clean])
        if differing:
            for name, (_before, after) in differing.items():
                setattr(row, name, after)
            row.updated_at = now
            found[row.pk] = differing
            changed.append(row)
    update_many(changed, [*FIELDS, "updated_at"])
    keep_touchpoints([_touch(row, now=now) for row in changed])
    for row in changed if import_id is None else ():
        props = {"account": row.account_id, "fields": ",".join(found[row.pk])}
        _record(activities.CANCELLATION_CORRECTED, row, viewer=viewer, now=now, props=props)
    return found


@transaction.atomic
def take_back_cancellations(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove what an import noted and nobody corrected since. Returns {cancellation: why it stays}."""
    policies.require_worker(viewer)
    rows = list(Cancellation.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk"))
    stays = {row.pk: "changed_since" for row in rows if row.updated_at != added[row.pk]}
    stays |= pointed_at(Cancellation, [row.pk for row in rows if row.pk not in stays])
    going = [row.pk for row in rows if row.pk not in stays]
    remove_touchpoints(keys=[_key(pk) for pk in going])
    Cancellation.objects.filter(pk__in=going).delete()
    return stays


def _key(pk: int) -> str:
    return f"cancellation:{pk}"


def _touch(row: Cancellation, *, now: datetime) -> Touch:
    day = row.cancelled_on
    return Touch(
        key=_key(row.pk),
        account_id=row.account_id,
        channel="contract",
        kind="cancellation.noted",
        at=min(now, datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo)),
        excerpt=" — ".join(filter(None, [row.reason, " ".join(row.told.split())]))[:400],
        source_type="cancellation",
        source_id=row.pk,
        direction="in",
        is_internal=True,
    )


def _require_places(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise Refused unless every customer is there, and every contract is one of that customer."""
    accounts = {row["account_id"] for row in rows}
    if Account.objects.filter(pk__in=accounts).count() != len(accounts):
        raise Refused(_("Please choose from the list."), field="account")
    named = {row["contract_id"]: row["account_id"] for row in rows if row.get("contract_id") is not None}
    held = dict(Contract.objects.filter(pk__in=named).values_list("pk", "account_id"))
    if held != named:
        raise Refused(_("This contract is none of this customer's."), field="contract_id")


def _require_new_ids(rows: Iterable[Mapping[str, Any]]) -> None:
    ids = [row["external_id"] for row in rows if row["external_id"]]
    known = Cancellation.objects.filter(external_id__in=ids).exclude(external_id="")
    if len(set(ids)) < len(ids) or known.exists():
        raise Refused(_("Another cancellation has this number already."), field="external_id", code="taken")


def _record(what: Any, row: Cancellation, *, viewer: Viewer, now: datetime, props: dict[str, Any]) -> None:
    record(what, actor_id=viewer.member_id, object_type="cancellation", object_id=row.pk, at=now, props=props)
