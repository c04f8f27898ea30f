"""Note what customers bought, paused, skipped and returned (B2C)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many
from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import activities, policies, seeing
from kizuna.success.customers.actions.checking import checked_purchase, require_chunk
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.actions.touching import Touch, write_touchpoints
from kizuna.success.customers.models import Account, Purchase


@transaction.atomic
def note_purchases(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Purchase]:
    """Note purchases: rows hold the fields of `Purchase` and `account_id`. One whose external id is known is left alone."""
    policies.require_worker(viewer)
    seeing.require(viewer, seeing.AMOUNT, field="amount")
    require_chunk(rows)
    clean = [
        {**checked_purchase(row), "account_id": row["account_id"], "contact_id": row.get("contact_id")} for row in rows
    ]
    wanted = {row["account_id"] for row in clean}
    if Account.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Refused(_("Please choose from the list."), field="account")
    ids = [row["external_id"] for row in clean if row["external_id"]]
    having = Purchase.objects.filter(external_id__in=ids).exclude(external_id="")
    known = set(having.values_list("external_id", flat=True))
    made = [
        Purchase(**row, import_id=import_id, created_at=now)
        for row in clean
        if not row["external_id"] or row["external_id"] not in known
    ]
    insert_many(made)
    write_touchpoints([_touch(purchase, now=now) for purchase in made])
    if import_id is None:
        for purchase in made:
            record(
                activities.PURCHASE_MADE,
                actor_id=viewer.member_id,
                object_type="purchase",
                object_id=purchase.pk,
                at=now,
                props={"account": purchase.account_id, "kind": str(purchase.kind)},
            )
    refresh_accounts(account_ids=wanted, today=local_day(now), viewer=viewer, now=now)
    return made


def _touch(purchase: Purchase, *, now: datetime) -> Touch:
    day = purchase.purchased_on
    return Touch(
        key=f"purchase:{purchase.pk}",
        account_id=purchase.account_id,
        contact_id=purchase.contact_id,
        channel="purchase",
        kind=f"purchase.{purchase.kind}",
        at=min(now, datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo)),
        title=purchase.product,
        source_type="purchase",
        source_id=purchase.pk,
        direction="in",
    )
