"""Put into line what is to be told."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.models import Activity
from kizuna.core.audit import actions as audit
from kizuna.core.members.policies import Refused, require, require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks import chat
from kizuna.interfaces.webhooks.alerts import test_alert, told_at
from kizuna.interfaces.webhooks.envelope import TEST, as_body, test_envelope
from kizuna.interfaces.webhooks.models import Delivery, Endpoint

SAID_ONCE_IN = timedelta(minutes=10)
OVER = (Delivery.State.DONE, Delivery.State.FAILED)


def tell_endpoints(*, activity: Activity) -> None:
    """Make a delivery for each endpoint that wants the activity, in the consumer's transaction."""
    event, now = _new_event(), timezone.now()
    wanting = [
        row
        for row in Endpoint.objects.filter(state=Endpoint.State.ACTIVE)
        if row.wants(activity.verb) and not (row.is_chat and _was_just_said(row, activity, now=now))
    ]
    if not wanting:
        return
    times = {row.pk: _told_at(row, activity, now=now) for row in wanting}
    Delivery.objects.bulk_create(
        Delivery(endpoint=row, activity=activity, event=event, verb=activity.verb, next_at=at, created_at=now)
        for row in wanting
        if (at := times[row.pk]) is not None
    )
    if now in times.values():
        enqueue("webhooks.deliver", key="now")


@transaction.atomic
def send_test(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> Delivery:
    """Put a message into line that says only that messages arrive."""
    require_manager(viewer)
    _require_active(endpoint)
    body = chat.body_of(endpoint.kind, test_alert()) if endpoint.is_chat else as_body(test_envelope(viewer, now=now))
    delivery = Delivery.objects.create(
        endpoint=endpoint, event=_new_event(), verb=TEST, body=body, next_at=now, created_at=now
    )
    enqueue("webhooks.deliver", key="now")
    return delivery


@transaction.atomic
def resend(*, viewer: Viewer, delivery: Delivery, now: datetime) -> None:
    """Put one delivery into line again, under the same id. It is told only if the endpoint may still hear it."""
    require_manager(viewer)
    _require_active(delivery.endpoint)
    again = Delivery.objects.filter(pk=delivery.pk, state__in=OVER).exclude(body="", activity=None)
    require(bool(_in_line(again, now)), _("This cannot be sent again."))
    _note(viewer, delivery.endpoint_id, 1, now=now)


@transaction.atomic
def resend_failed(*, viewer: Viewer, endpoint: Endpoint, since: datetime, now: datetime) -> int:
    """Put every delivery into line again that has failed since a moment; return how many."""
    require_manager(viewer)
    _require_active(endpoint)
    failed = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.FAILED, done_at__gte=since)
    count = _in_line(failed.exclude(body="", activity=None), now)
    if count:
        _note(viewer, endpoint.pk, count, now=now)
    return count


def _told_at(endpoint: Endpoint, activity: Activity, *, now: datetime) -> datetime | None:
    if not endpoint.is_chat:
        return now
    return told_at(endpoint.when, activity, urgent_at_once=endpoint.urgent_at_once, now=now)


def _was_just_said(endpoint: Endpoint, activity: Activity, *, now: datetime) -> bool:
    """Tell whether a chat heard the same of the same thing a moment ago: people need it once."""
    same = Delivery.objects.filter(endpoint=endpoint, verb=activity.verb, created_at__gt=now - SAID_ONCE_IN)
    return same.filter(activity__object_type=activity.object_type, activity__object_id=activity.object_id).exists()


def _in_line(deliveries: Any, now: datetime) -> int:
    count = deliveries.update(state=Delivery.State.WAITING, attempts=0, next_at=now, done_at=None)
    if count:
        enqueue("webhooks.deliver", key="now")
    return int(count)


def _new_event() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


def _require_active(endpoint: Endpoint) -> None:
    if not Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ACTIVE).exists():
        raise Refused(_("This endpoint is paused. Please let it go on first."))


def _note(viewer: Viewer, endpoint_id: int, count: int, *, now: datetime) -> None:
    subject = ("webhook_endpoint", endpoint_id)
    audit.note("webhook.resent", actor_id=viewer.member_id, subject=subject, detail={"number": count}, now=now)
