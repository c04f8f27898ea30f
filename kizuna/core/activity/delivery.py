"""Deliver activities to their consumers: in order, each in its own transaction, exactly once.

The delivery job notes in each consumer's transaction that this consumer is through, so a killed worker repeats nothing
and skips nothing. A consumer that raises is set aside (`FailedDelivery`) and retried alone; the following ones go on.
"""

import logging
import traceback
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import job, running
from kizuna.base.jobs.claims import LostLease
from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity import rollups
from kizuna.core.activity.consumers import Consumer, all_consumers, consumer_named, consumers_of
from kizuna.core.activity.models import Activity, FailedDelivery

logger = logging.getLogger("kizuna.activity")

IMPORTED_BATCH = 200
LONGEST_ERROR = 4000


@job("activity.deliver", effects="outside")
def deliver(*, activity: int) -> None:
    """Deliver one activity to the consumers that want its verb."""
    fact = Activity.objects.filter(pk=activity).first()
    if fact is None:
        return
    delivered: list[str] = running.progress().get("delivered", [])
    for consumer in consumers_of(fact.verb):
        is_late = fact.import_id is not None and not consumer.historical
        if is_late or consumer.name in delivered or not consumer.is_waiting:
            continue
        delivered = [*delivered, consumer.name]
        _deliver([fact], consumer, {"delivered": delivered})
    rollups.request()


@job("activity.deliver_imported", effects="outside")
def deliver_imported(*, first: int, last: int, import_id: int) -> None:
    """Deliver a range of imported history to the historical consumers, in batches."""
    progress = running.progress()
    through: list[str] = progress.get("through", [])
    after = progress.get("after", first - 1)
    for consumer in all_consumers():
        if not consumer.historical or consumer.name in through or not consumer.is_waiting:
            continue
        facts = Activity.objects.filter(import_id=import_id, pk__lte=last).order_by("pk")
        while batch := list(facts.filter(pk__gt=after)[:IMPORTED_BATCH]):
            after = batch[-1].pk
            wanted = [fact for fact in batch if consumer.wants(fact.verb)]
            _deliver(wanted, consumer, {"through": through, "after": after})
        through, after = [*through, consumer.name], first - 1
    rollups.request()


@job("activity.redeliver")
def redeliver(*, delivery: int) -> None:
    """Try one failed delivery again; the ledger keeps count and spaces the attempts."""
    failed = FailedDelivery.objects.select_related("activity").filter(pk=delivery).first()
    if failed is None:
        return
    consumer = consumer_named(failed.consumer)
    if consumer is not None:  # None: it was taken out of the list since
        consumer.handle(activity=failed.activity)
    failed.delete()


def replay(*, consumer: str) -> int:
    """Call a replayable consumer with every activity from the beginning; return how many. Its results were cleared."""
    wanted = consumer_named(consumer)
    if wanted is None or not wanted.replayable:
        raise ValueError(f"There is no replayable consumer {consumer!r}.")
    count, after = 0, 0
    while batch := list(Activity.objects.filter(pk__gt=after).order_by("pk")[:IMPORTED_BATCH]):
        after = batch[-1].pk
        facts = [fact for fact in batch if wanted.wants(fact.verb) and (wanted.historical or fact.import_id is None)]
        with transaction.atomic():
            for fact in facts:
                wanted.handle(activity=fact)
        count += len(facts)
    return count


def _deliver(facts: Sequence[Activity], consumer: Consumer, progress: dict[str, Any]) -> None:
    """Hand `facts` to the consumer and note `progress` in one transaction; set aside those that it cannot take."""
    try:
        with transaction.atomic():
            for fact in facts:
                consumer.handle(activity=fact)
            running.checkpoint(progress)
    except LostLease:
        raise
    except Exception as error:
        logger.warning("consumer %s failed: %r", consumer.name, error)
        _deliver_singly(facts, consumer, progress, error)


def _deliver_singly(facts: Sequence[Activity], consumer: Consumer, progress: dict[str, Any], error: Exception) -> None:
    """Repeat an undone batch with a savepoint for each activity, setting aside what fails (a single one failed just now)."""
    with transaction.atomic():
        for fact in facts:
            failure = error if len(facts) == 1 else _failure(fact, consumer)
            if failure is not None:
                _set_aside(fact, consumer, failure)
        running.checkpoint(progress)


def _failure(fact: Activity, consumer: Consumer) -> Exception | None:
    try:
        with transaction.atomic():
            consumer.handle(activity=fact)
    except LostLease:
        raise
    except Exception as error:
        return error
    return None


def _set_aside(fact: Activity, consumer: Consumer, error: Exception) -> None:
    text = "".join(traceback.format_exception(error))[-LONGEST_ERROR:]
    failed, is_new = FailedDelivery.objects.get_or_create(
        activity=fact, consumer=consumer.name, defaults={"error": text, "failed_at": timezone.now()}
    )
    if is_new:
        enqueue("activity.redeliver", args={"delivery": failed.pk})
