"""Note how an attempt went, and what follows for the delivery and its endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.notifications.actions import notify
from kizuna.interfaces.webhooks import queries, retrying
from kizuna.interfaces.webhooks.actions.endpoints import set_state
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint

GONE = 410
ANSWER_LENGTH = 500
SOON = timedelta(minutes=1)  # the schedule looks once a minute


@dataclass(frozen=True)
class Outcome:
    """What came back: a status with an answer, or the reason why nothing did."""

    milliseconds: int
    status: int | None = None
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def text(self) -> str:
        """Return the beginning of the answer as plain text."""
        said = self.content.decode("utf-8", "replace")
        return "".join(letter for letter in said if letter.isprintable() or letter in "\n\t")[:ANSWER_LENGTH]


@transaction.atomic
def note(delivery: Delivery, holder: str, outcome: Outcome, *, now: datetime) -> bool:
    """Write down an attempt; say whether the holder may go on. Nothing is written once the lease is another's."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=delivery.endpoint_id, held_by=holder).first()
    if endpoint is None:
        return False
    Attempt.objects.create(
        delivery=delivery,
        at=now,
        status=outcome.status,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        answer=outcome.text,
    )
    if outcome.is_good:
        _note_success(endpoint, delivery, now=now)
    else:
        _note_failure(endpoint, delivery, outcome, now=now)
    return endpoint.state == Endpoint.State.ACTIVE


def stop(endpoint: Endpoint, state: str, *, why: str, now: datetime) -> None:
    """Let an endpoint rest until somebody says otherwise, and tell the owners."""
    set_state(endpoint, state, why=why, now=now)
    notify(
        recipients=queries.owners(),
        kind="webhook.stopped",
        target_type="webhook_endpoint",
        target_id=endpoint.pk,
        group_key=f"webhook_endpoint:{endpoint.pk}:{now:%Y%m%d%H%M%S}",
        props={"why": why},
        now=now,
    )


def _note_success(endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DONE, attempts=F("attempts") + 1, done_at=now)
    Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None, failures_in_row=0, rest_until=None)


def _note_failure(endpoint: Endpoint, delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    attempts = Delivery.objects.values_list("attempts", flat=True).get(pk=delivery.pk) + 1
    wish = retrying.wish_of(outcome.headers, now=now)
    next_at = retrying.next_attempt(attempts, now=now, wish=wish)
    row = Delivery.objects.filter(pk=delivery.pk)
    if next_at is None or outcome.status == GONE:
        row.update(state=Delivery.State.FAILED, attempts=attempts, done_at=now)
    else:
        row.update(attempts=attempts, next_at=next_at)
        if next_at - now < SOON:
            enqueue("webhooks.deliver", key=f"{delivery.pk}:{attempts}", run_at=next_at)
    in_row = endpoint.failures_in_row + 1
    since = endpoint.failing_since or now
    rest = max(retrying.rest_after(in_row), wish or timedelta())
    Endpoint.objects.filter(pk=endpoint.pk).update(
        failing_since=since, failures_in_row=in_row, rest_until=now + rest if rest else None
    )
    if outcome.status == GONE:
        stop(endpoint, Endpoint.State.DISABLED, why=Endpoint.Why.GONE, now=now)
    elif now - since >= retrying.GIVE_UP_AFTER:
        stop(endpoint, Endpoint.State.DISABLED, why=Endpoint.Why.FAILING, now=now)
