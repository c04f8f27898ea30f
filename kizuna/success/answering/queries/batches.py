"""Batches of answers and how each of their items stands."""

from django.db.models import QuerySet
from django.http import Http404

from kizuna.core.members.viewer import Viewer
from kizuna.success.answering.models import AnswerBatch, AnswerItem
from kizuna.success.inbox.models import Delivery
from kizuna.success.inbox.queries import inquiries_visible_to

SENT, FAILED = "sent", "failed"
_OF_DELIVERY = {
    Delivery.State.HELD: "sending",
    Delivery.State.SENDING: "sending",
    Delivery.State.SENT: SENT,
    Delivery.State.FAILED: FAILED,
    Delivery.State.TAKEN_BACK: "taken_back",
}
ORDER = ("failed", "skipped", "held", "sending", "call", "sent", "taken_back")


def batches_for(viewer: Viewer) -> QuerySet[AnswerBatch]:
    """Return the batches, the latest first; whoever reads inquiries reads them."""
    about = inquiries_visible_to(viewer)
    rows = AnswerBatch.objects.filter(items__inquiry__in=about).distinct()
    return rows.select_related("by", "about").order_by("-pk")


def batch_for(viewer: Viewer, batch_id: int) -> AnswerBatch:
    """Return a batch, or Http404."""
    found = batches_for(viewer).filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def items_of(batch: AnswerBatch) -> list[AnswerItem]:
    """Return the items of a batch: what needs a look first."""
    rows = batch.items.select_related("inquiry__account", "inquiry__contact", "inquiry__member", "delivery", "task")
    return sorted(rows, key=lambda item: (ORDER.index(state_of(item)), item.pk))


def state_of(item: AnswerItem) -> str:
    """Return how an item stands: held, sending, sent, failed, call, skipped or taken_back."""
    if item.state != AnswerItem.State.GIVEN:
        return str(item.state)
    return _OF_DELIVERY[Delivery.State(item.delivery.state)] if item.delivery else SENT


def states_of(items: list[AnswerItem]) -> dict[str, int]:
    """Return how many stand how."""
    found: dict[str, int] = {}
    for item in items:
        found[state_of(item)] = found.get(state_of(item), 0) + 1
    return {name: found[name] for name in ORDER if name in found}
