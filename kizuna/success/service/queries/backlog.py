"""What is not finished now, and how long it has lain there: read from the inquiries themselves, as the queue is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox.models import OURS, Inquiry
from kizuna.success.inbox.queries import inquiries_visible_to
from kizuna.success.service.queries.span import BoardFilter

# Days since it came in: from one up to the next, which is not in it.
AGES = (0, 1, 3, 7, 14, 30)


@dataclass(frozen=True)
class Backlog:
    """What is not finished: how many, of these without an owner and overdue, by age in days, and the oldest arrival."""

    count: int
    ownerless: int
    overdue: int
    waiting: int
    ages: list[tuple[int, int | None, int]]
    oldest_at: datetime | None


def backlog_of(viewer: Viewer, wanted: BoardFilter, *, now: datetime) -> Backlog:
    """Count what is not finished, whenever it came in."""
    rows = inquiries_visible_to(viewer).filter(~Q(state=Inquiry.State.CLOSED), wanted.narrowed(viewer))
    spans = list(zip(AGES, [*AGES[1:], None], strict=True))
    ages = {f"age_{since}": Count("pk", filter=_age(since, until, now)) for since, until in spans}
    found = rows.aggregate(
        count=Count("pk"),
        ownerless=Count("pk", filter=Q(owner=None, state__in=OURS)),
        overdue=Count("pk", filter=Q(due_at__lt=now, state__in=OURS)),
        waiting=Count("pk", filter=Q(state=Inquiry.State.WAITING)),
        oldest_at=Min("received_at"),
        **ages,
    )
    by_age = [(since, until, found.pop(f"age_{since}")) for since, until in spans]
    return Backlog(ages=by_age, **found)


def _age(since: int, until: int | None, now: datetime) -> Q:
    young = Q(received_at__lte=now - timedelta(days=since)) if since else Q()
    return young if until is None else young & Q(received_at__gt=now - timedelta(days=until))
