"""Mark read, and take it back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kizuna.core.members import policies
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.queries.notices import notices_visible_to


@transaction.atomic
def mark_read(
    *,
    viewer: Viewer,
    ids: Iterable[int] | None = None,
    group_key: str | None = None,
    now: datetime | None = None,
) -> tuple[int, datetime]:
    """Mark the viewer's lines read: those of `ids`, those of a group, or all when neither is given.

    Return how many there were and the moment under which `mark_unread` takes them back. A person looking through
    another's eyes marks nothing.
    """
    now = now or timezone.now()
    if not policies.can_act(viewer):
        return 0, now
    rows = notices_visible_to(viewer).filter(read_at__isnull=True)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    if group_key is not None:
        rows = rows.filter(group_key=group_key)
    return rows.update(read_at=now), now


@transaction.atomic
def mark_unread(*, viewer: Viewer, read_at: datetime) -> int:
    """Take back what was marked read at that moment. Lines whose group has a newer unread one stay read."""
    if not policies.can_act(viewer):
        return 0
    newer = Notification.objects.filter(
        member_id=OuterRef("member_id"), kind=OuterRef("kind"), group_key=OuterRef("group_key"), read_at__isnull=True
    )
    mine = notices_visible_to(viewer).filter(read_at=read_at)
    taken_back = list(mine.filter(~Exists(newer)).order_by("pk").values_list("pk", flat=True))
    return Notification.objects.filter(pk__in=taken_back).update(read_at=None)
