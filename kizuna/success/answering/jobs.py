"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.base.jobs.ledger import enqueue
from kizuna.success.answering import actions

COMPARED_AT_ONCE = 100  # a community has one worker on SQLite: mail waits for it so long


@job("answering.compare", effects="outside")
def compare() -> None:
    """Take in what came, ask for its meaning, and link what asks the same; while there is more, other jobs come in between."""
    now = timezone.now()
    count = actions.take_in(now=now, limit=COMPARED_AT_ONCE)
    count += actions.give_meanings(limit=COMPARED_AT_ONCE)
    count += actions.link_waiting(now=now, limit=COMPARED_AT_ONCE)
    if count >= COMPARED_AT_ONCE:
        enqueue("answering.compare", key="answering.compare", run_at=timezone.now(), priority=-2)


@job("answering.answer")
def answer(item: int) -> None:
    """Answer one of those who are answered together."""
    actions.answer_item(item_id=item, now=timezone.now())
