"""Record what happened, in the transaction in which it happened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kizuna.base.jobs.ledger import enqueue, withdraw
from kizuna.base.rows import insert_many
from kizuna.core.activity.models import Activity, ImportNumber
from kizuna.core.activity.types import ActivityType

MAX_DEPTH = 3
DELIVER = "activity.deliver"
IMPORTS = "imports"


class TooDeep(RuntimeError):
    """Consumers caused each other more than MAX_DEPTH times: a loop."""


def record(
    activity_type: ActivityType,
    *,
    actor_id: int | None,
    object_type: str = "",
    object_id: int | None = None,
    at: datetime | None = None,
    props: dict[str, Any] | None = None,
    caused_by: Activity | None = None,
) -> Activity:
    """Write one activity and the job that delivers it to the consumers. Must run inside the change's transaction."""
    _require_transaction()
    depth = caused_by.depth + 1 if caused_by else 0
    if depth > MAX_DEPTH:
        raise TooDeep(f"{activity_type.verb} would be cause number {depth} in a row.")
    now = timezone.now()
    activity = Activity.objects.create(
        verb=activity_type.verb,
        actor_id=actor_id,
        object_type=object_type,
        object_id=object_id,
        at=at or now,
        recorded_at=now,
        props=activity_type.checked(props or {}),
        caused_by=caused_by,
        depth=depth,
    )
    enqueue(DELIVER, args={"activity": activity.pk}, priority=5)
    return activity


@transaction.atomic
def take_import_number(*, above: int) -> int:
    """Return a number that no import has had: activities say by it alone which one brought them.

    `above` is the highest that the caller's own table holds, which may have come from a backup or an older version.
    """
    ImportNumber.objects.bulk_create([ImportNumber(name=IMPORTS)], ignore_conflicts=True)
    last = ImportNumber.objects.select_for_update().get(name=IMPORTS)
    known = last.number or Activity.objects.aggregate(last=Max("import_id"))["last"] or 0
    last.number = max(known, above) + 1
    last.save(update_fields=["number"])
    return last.number


def record_imported(rows: Iterable[tuple[ActivityType, dict[str, Any]]], *, import_id: int) -> int:
    """Write history (fields of `Activity` per row) and one delivery job for the lot: historical consumers only."""
    _require_transaction()
    now = timezone.now()
    activities = [
        Activity(
            verb=activity_type.verb,
            recorded_at=now,
            import_id=import_id,
            **{**fields, "props": activity_type.checked(fields.get("props", {}))},
        )
        for activity_type, fields in rows
    ]
    insert_many(activities)
    if activities:
        enqueue(
            f"{DELIVER}_imported",
            args={"first": activities[0].pk, "last": activities[-1].pk, "import_id": import_id},
            priority=-5,
        )
    return len(activities)


def make_history(*, after_id: int, import_id: int) -> int:
    """Turn the activities recorded since `after_id` into imported history: only historical consumers hear of them.

    For loaders that replay a past through the ordinary actions, in the transaction in which they do so.
    """
    _require_transaction()
    ids = list(
        Activity.objects.filter(pk__gt=after_id, import_id__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    if not ids:
        return 0
    Activity.objects.filter(pk__in=ids).update(import_id=import_id)
    withdraw(DELIVER, arg="activity", values=ids)
    enqueue(f"{DELIVER}_imported", args={"first": ids[0], "last": ids[-1], "import_id": import_id}, priority=-5)
    return len(ids)


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Activities are recorded inside the change's transaction.")
