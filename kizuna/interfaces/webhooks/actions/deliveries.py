"""Put into line what is to be told."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.models import Activity
from kizuna.core.audit import actions as audit
from kizuna.core.members.policies import Refused, require, require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks.envelope import TEST, as_body, test_envelope
from kizuna.interfaces.webhooks.models import Delivery, Endpoint

OVER = (Delivery.State.DONE, Delivery.State.FAILED)


def tell_endpoints(*, activity: Activity) -> None:
    """Make a delivery for each endpoint that wants the activity, in the consumer's transaction."""
    wanting = [row for row in Endpoint.objects.filter(state=Endpoint.State.ACTIVE) if row.wants(activity.verb)]
    if not wanting:
        return
    event, now = _new_event(), timezone.now()
    Delivery.objects.bulk_create(
        Delivery(endpoint=row, activity=activity, event=event, verb=activity.verb, next_at=now, created_at=now)
        for row in wanting
    )
    enqueue("webhooks.deliver", key="now")


@transaction.atomic
def send_test(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> Delivery:
    """Put a message into line that says only that messages arrive."""
    require_manager(viewer)
    _require_active(endpoint)
    body = as_body(test_envelope(viewer, now=now))
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
