"""Forget what is old, whom it names, and what a copy must not send."""

from datetime import datetime, timedelta

from django.db.models import Q

from kizuna.interfaces.webhooks.models import Delivery, Endpoint

KEPT = timedelta(days=30)
BATCH = 500


def prune(*, now: datetime) -> int:
    """Delete deliveries that ended KEPT ago, with their attempts, in short transactions; return how many."""
    old = Delivery.objects.filter(done_at__lt=now - KEPT)
    count = 0
    while batch := list(old.order_by("done_at").values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(pk__in=batch).delete()
        count += len(batch)
    return count


def stop_after_copy(*, now: datetime) -> int:
    """Pause every endpoint of a database that was restored from a copy: it must tell nobody what was told before."""
    active = Endpoint.objects.exclude(state=Endpoint.State.DISABLED)
    return active.update(
        state=Endpoint.State.PAUSED, why=Endpoint.Why.COPIED, state_at=now, held_by="", held_until=None
    )


def forget_person(*, member_id: int) -> int:
    """Empty the bodies that name a member. What still waits is told without their name."""
    named = Q(activity__actor_id=member_id) | Q(activity__object_type="member", activity__object_id=member_id)
    return Delivery.objects.filter(named).exclude(body="").update(body="")
