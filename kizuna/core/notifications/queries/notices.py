"""A member's list: what is still visible of it, in words, and how much is unread."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from kizuna.base.registry import NotificationText, Target, by_name
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.texts import Notice

PAGE_SIZE = 30
COUNTED = 100  # more unread lines than this are not told apart
BATCHES = 10  # looked through to fill one page when many targets are gone
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ListedNotice:
    """One line of the list: its row, its sentence and where it leads."""

    row: Notification
    line: str
    notice: Notice


@dataclass(frozen=True)
class NoticePage:
    items: list[ListedNotice]
    after: str  # the key of the next page, empty at the end


def notices_visible_to(viewer: Viewer) -> QuerySet[Notification]:
    """Return the viewer's own rows; whether a target may still be seen is asked of the target (`notice_page`)."""
    if not viewer.is_member:
        return Notification.objects.none()
    return Notification.objects.filter(member_id=viewer.member_id)


def notice_page(*, viewer: Viewer, unread_only: bool = False, after: str = "", limit: int = PAGE_SIZE) -> NoticePage:
    """Return one page, newest first, without the lines whose target the viewer may not see any more."""
    rows = notices_visible_to(viewer).order_by("-latest_at", "-id")
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    items: list[ListedNotice] = []
    for _ in range(BATCHES):
        batch = list(_behind(rows, after)[:limit])
        items += described(batch, viewer=viewer)
        if len(items) > limit:
            return NoticePage(items[:limit], _key(items[limit - 1].row))
        if len(batch) < limit:
            return NoticePage(items, "")
        after = _key(batch[-1])
    return NoticePage(items, after)


def described(rows: Sequence[Notification], *, viewer: Viewer) -> list[ListedNotice]:
    """Return the rows in words, in their order, leaving out what the viewer may not see."""
    seen = visible_targets(((row.target_type, row.target_id) for row in rows), viewer=viewer)
    names = names_of({actor for row in rows for actor in row.actor_ids[:2]})
    listed = []
    for row in rows:
        text = by_name(NotificationText, row.kind)
        thing = seen.get((row.target_type, row.target_id))
        if text is None or thing is None:
            continue
        notice = notice_of(row, thing=thing, names=names)
        listed.append(ListedNotice(row, text.line(notification=notice, language=viewer.language), notice))
    return listed


def visible_targets(pairs: Iterable[tuple[str, int]], *, viewer: Viewer) -> dict[tuple[str, int], Any]:
    """Return the rows of those targets that the viewer may see: one query per type of target."""
    by_type: dict[str, set[int]] = defaultdict(set)
    for target_type, target_id in pairs:
        by_type[target_type].add(target_id)
    seen = {}
    for target_type, ids in by_type.items():
        target = by_name(Target, target_type)
        found = target.visible(viewer=viewer, ids=sorted(ids)) if target else {}
        seen.update({(target_type, target_id): thing for target_id, thing in found.items()})
    return seen


def notice_of(row: Any, *, thing: Any, names: dict[int, str]) -> Notice:
    """Return a Notice from a row that has kind, target, actors and props, and the target as its reader sees it."""
    target = by_name(Target, row.target_type)
    assert target is not None  # `thing` came from it
    actors = tuple(names[actor] for actor in row.actor_ids[:2] if actor in names)
    return Notice(
        kind=row.kind,
        target_type=row.target_type,
        target_id=row.target_id,
        title=target.title(row=thing),
        url=target.url(row=thing),
        excerpt=target.excerpt(row=thing),
        actors=actors,
        actor_count=len(row.actor_ids),
        event_count=row.event_count,
        props=row.props,
    )


def names_of(member_ids: Iterable[int]) -> dict[int, str]:
    return dict(Member.objects.filter(pk__in=set(member_ids)).values_list("pk", "name"))


def unread_count(viewer: Viewer) -> int:
    """Count the unread lines whose target the viewer may see, up to COUNTED.

    One look at a partial index for somebody with nothing unread; then one query per type of target.
    """
    if not viewer.is_member:
        return 0
    unread = notices_visible_to(viewer).filter(read_at__isnull=True).order_by("-latest_at", "-id")
    rows = list(unread.values_list("kind", "target_type", "target_id")[:COUNTED])
    if not rows:
        return 0
    seen = visible_targets(((target_type, target_id) for _, target_type, target_id in rows), viewer=viewer)
    return sum((target_type, target_id) in seen for _, target_type, target_id in rows)


def _key(row: Notification) -> str:
    return f"{(row.latest_at - EPOCH) // timedelta(microseconds=1)}-{row.pk}"


def _behind(rows: QuerySet[Notification], after: str) -> QuerySet[Notification]:
    try:
        stamp, row_id = (int(part) for part in after.split("-"))
        at = EPOCH + timedelta(microseconds=stamp)
    except (ValueError, OverflowError):
        return rows
    return rows.filter(Q(latest_at__lt=at) | Q(latest_at=at, id__lt=row_id))
