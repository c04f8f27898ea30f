"""Send what is due. Endpoints are held by a lease on their row; nothing is sent inside a transaction.

One holder per endpoint: `_take` is one conditional UPDATE, and `_note` writes only while the lease is still ours.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kizuna.base.hosting.sealing import Unopenable, unseal
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.outbound import Unreachable, fetch
from kizuna.core.members import queries as members
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks import chat, crew, queries
from kizuna.interfaces.webhooks.actions.noting import Outcome, note, stop
from kizuna.interfaces.webhooks.alerts import alert_for, is_moot
from kizuna.interfaces.webhooks.envelope import GONE, TEST, as_body, envelope_for
from kizuna.interfaces.webhooks.models import Delivery, Endpoint
from kizuna.interfaces.webhooks.policies import can_keep
from kizuna.interfaces.webhooks.signing import PURPOSE, signed_headers

LEASE = timedelta(seconds=60)
SECONDS = 15.0  # for one answer, looking the name up included
TURN_SECONDS = 20.0
ANSWER_BYTES = 4096
KEPT_BACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Message:
    """Everything that one attempt needs, fixed before the transaction ends."""

    delivery: Delivery
    url: str
    headers: dict[str, str]
    content_type: str = "application/json"


def hand_out(*, now: datetime) -> int:
    """Give each endpoint for which something is due to a thread; return how many. Those left out come when a thread is free."""
    given = 0
    for endpoint_id in queries.due_endpoints(now=now):
        if not crew.free_hands():
            break
        holder = _take(endpoint_id, now=now)
        if holder:
            given += 1
            crew.give(partial(_work_off, endpoint_id, holder))
    return given


def _take(endpoint_id: int, *, now: datetime) -> str:
    """Take the lease of an endpoint; return its name, or "" when somebody else has it."""
    holder = secrets.token_hex(16)
    free = Q(held_until=None) | Q(held_until__lte=now)
    taken = Endpoint.objects.filter(free, pk=endpoint_id).update(held_by=holder, held_until=now + LEASE)
    return holder if taken else ""


def _work_off(endpoint_id: int, holder: str) -> None:
    """Send what is due for one endpoint, one after another, for a turn."""
    began = time.monotonic()
    while time.monotonic() - began < TURN_SECONDS and not crew.is_stopping() and _send_next(endpoint_id, holder):
        pass
    Endpoint.objects.filter(pk=endpoint_id, held_by=holder).update(held_by="", held_until=None)
    if queries.due_endpoints(now=timezone.now()):
        with transaction.atomic():
            enqueue("webhooks.deliver", key="now")


def _send_next(endpoint_id: int, holder: str) -> bool:
    """Send one delivery and note how it went; say whether to go on."""
    now = timezone.now()
    with transaction.atomic():
        endpoint = _renewed(endpoint_id, holder, now=now)
        delivery = None if endpoint is None else queries.next_delivery(endpoint, now=now)
        if endpoint is None or delivery is None:
            return False
        message = _message(endpoint, delivery, now=now)
    if message is None:
        return True
    outcome = _sent(message)
    return note(message.delivery, holder, outcome, now=timezone.now())


def _renewed(endpoint_id: int, holder: str, *, now: datetime) -> Endpoint | None:
    """Return the endpoint with a fresh lease, None when it is not ours, rests or was stopped."""
    ours = Endpoint.objects.filter(Q(rest_until=None) | Q(rest_until__lte=now), pk=endpoint_id, held_by=holder)
    if not ours.filter(state=Endpoint.State.ACTIVE).update(held_until=now + LEASE):
        return None
    return Endpoint.objects.select_related("made_by").get(pk=endpoint_id)


def _message(endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> Message | None:
    """Return what to send now. None: the endpoint may not hear it, or has to stop."""
    viewer = _maker(endpoint)
    if viewer is None:
        stop(endpoint, Endpoint.State.PAUSED, why=Endpoint.Why.MAKER, now=now)
        return None
    body = _body(endpoint, delivery, viewer)
    if not body:
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DROPPED, body="", done_at=now)
        return None
    try:
        keys = _keys(endpoint, now=now)
    except Unopenable:
        stop(endpoint, Endpoint.State.PAUSED, why=Endpoint.Why.SECRET, now=now)
        return None
    if body != delivery.body:
        Delivery.objects.filter(pk=delivery.pk).update(body=body)
        delivery.body = body
    if endpoint.is_chat:
        return _chat_message(endpoint, delivery, keys[0])
    headers = signed_headers(body, event=delivery.event, timestamp=int(now.timestamp()), keys=keys)
    return Message(delivery, endpoint.url, headers)


def _chat_message(endpoint: Endpoint, delivery: Delivery, secret: str) -> Message:
    """Return a message for a chat: its secret is the address, or Chatwork's token."""
    is_token = endpoint.kind == chat.CHATWORK
    headers = {"X-ChatWorkToken": secret} if is_token else {}
    return Message(delivery, endpoint.url if is_token else secret, headers, chat.content_type_of(endpoint.kind))


def _maker(endpoint: Endpoint) -> Viewer | None:
    viewer = members.viewer_of(endpoint.made_by) if endpoint.made_by else None
    return viewer if viewer is not None and can_keep(viewer) else None


def _body(endpoint: Endpoint, delivery: Delivery, viewer: Viewer) -> str:
    """Return the body, as it was first signed; "" when the endpoint may not hear of it now."""
    if delivery.activity is None:  # a test, or the log was cut: then nothing can be asked any more
        return delivery.body if delivery.verb == TEST else ""
    if endpoint.is_chat:
        was_kept = delivery.next_at - delivery.created_at > KEPT_BACK and not delivery.attempts
        if was_kept and is_moot(delivery.activity):
            return ""
        alert = alert_for(viewer, delivery.activity, has_buttons=endpoint.has_buttons)
        return (delivery.body or chat.body_of(endpoint.kind, alert)) if alert else ""
    was_told = delivery.verb in GONE and queries.was_told(endpoint, delivery.activity)
    told = envelope_for(viewer, delivery.activity, was_told=was_told)
    return (delivery.body or as_body(told)) if told else ""


def _keys(endpoint: Endpoint, *, now: datetime) -> list[str]:
    keys = [unseal(endpoint.sealed_secret, purpose=PURPOSE)]
    if endpoint.before_until and endpoint.before_until > now:
        keys.append(unseal(endpoint.sealed_before, purpose=PURPOSE))
    return keys


def _sent(message: Message) -> Outcome:
    began = time.monotonic()
    try:
        answer = fetch(
            message.url,
            method="POST",
            content=message.delivery.body.encode(),
            content_type=message.content_type,
            headers={**message.headers, "Accept": "*/*"},
            seconds=SECONDS,
            max_bytes=ANSWER_BYTES,
            is_cut=True,
        )
    except Unreachable as error:
        return Outcome(milliseconds=_since(began), error=error.reason)
    return Outcome(_since(began), answer.status, headers=answer.headers, content=answer.content)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
