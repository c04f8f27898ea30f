"""Count the dues of what is not finished again, after rules or hours changed. A due that somebody said by hand stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from kizuna.base.hours import Hours, add_minutes
from kizuna.success.inbox import dues
from kizuna.success.inbox.actions.writing import plans
from kizuna.success.inbox.models import Inquiry

BATCH = 200
NOT_CLOSED = ~Q(state=Inquiry.State.CLOSED)


def recount_dues(*, hours: Hours, rules: Sequence[dict[str, Any]], now: datetime) -> int:
    """Count again every due that these former hours and rules gave. Killed on the way, the next run does the rest."""
    done, after = 0, 0
    while ids := list(
        Inquiry.objects.filter(NOT_CLOSED, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        for inquiry_id in ids:
            done += _recount(inquiry_id, hours, rules, now=now)
        after = ids[-1]
    return done


@transaction.atomic
def _recount(inquiry_id: int, hours: Hours, rules: Sequence[dict[str, Any]], *, now: datetime) -> bool:
    inquiry = Inquiry.objects.select_for_update(of=("self",)).filter(NOT_CLOSED, pk=inquiry_id).first()
    if inquiry is None:
        return False
    bought = plans(inquiry, now=now)
    response, resolution = dues.minutes_by(rules, inquiry.priority, bought)
    answer_by = end_by = again_by = None
    if response is not None:
        answer_by = add_minutes(hours, inquiry.received_at, response)
        again_by = add_minutes(hours, inquiry.last_in_at, response) if inquiry.last_in_at else None
    if resolution is not None:
        end_by = add_minutes(hours, inquiry.received_at, resolution + inquiry.paused_minutes)
    said = inquiry.due_at
    if (inquiry.response_due_at, inquiry.resolution_due_at) != (answer_by, end_by):
        return False
    waits_again = inquiry.first_response_at is not None and said == min(filter(None, (again_by, end_by)), default=None)
    is_by_hand = inquiry.is_ours and not waits_again and said != _next(inquiry, answer_by, end_by)
    dues.set_dues(inquiry, plans=bought)
    if waits_again and inquiry.last_in_at and said != end_by:
        dues.settle(inquiry, answer_by=dues.answer_due(inquiry, plans=bought, now=inquiry.last_in_at))
    if is_by_hand:
        inquiry.due_at = said
    inquiry.updated_at = now
    inquiry.save(update_fields=["response_due_at", "resolution_due_at", "due_at", "updated_at"])
    return True


def _next(inquiry: Inquiry, answer_by: datetime | None, end_by: datetime | None) -> datetime | None:
    first = answer_by if inquiry.first_response_at is None else None
    return min(filter(None, (first, end_by)), default=None)
