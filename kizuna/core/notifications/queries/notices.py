"""A member's list: what is still visible of it, in words, and how much is unread."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.registry import NotificationText, Target, by_name
from kizuna.base.rows import read_rows
from kizuna.base.web.numbers import whole
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.texts import Notice

PAGE_SIZE = 30
COUNTED = 100  # more unread lines than this are not told apart
BATCHES = 10  # looked through to fill one page when many targets are gone
UNREAD = """
SELECT target_type, target_id FROM notifications_notification
WHERE member_id = %s AND read_at IS NULL ORDER BY latest_at DESC, id DESC LIMIT %s"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Actor:
    """A person as a line shows them."""

    name: str
    hue: int
    avatar_url: str


@dataclass(frozen=True)
class ListedNotice:
    """One line of the list: its row, its sentence, where it leads and whose picture stands beside it."""

    row: Notification
    line: str
    notice: Notice
    actor: Actor | None


@dataclass(frozen=True)
class NoticePage:
    items: list[ListedNotice]
    after: str  # the key of the next page, empty at the end


def notices_visible_to(viewer: Viewer) -> QuerySet[Notification]:
    """Return the viewer's own rows; whether a target may still be seen is asked of the target (`notice_page`)."""
    if viewer.member_id is None:
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
    actors = actors_of({actor for row in rows for actor in row.actor_ids[:2]})
    listed = []
    for row in rows:
        text = by_name(NotificationText, row.kind)
        thing = seen.get((row.target_type, row.target_id))
        if text is None or thing is None:
            continue
        notice = notice_of(row, thing=thing, actors=actors)
        line = text.line(notification=notice, language=viewer.language)
        listed.append(
            ListedNotice(row, line, notice, next((actors[pk] for pk in row.actor_ids[:1] if pk in actors), None))
        )
    return listed


def visible_targets(pairs: Iterable[tuple[str, int]], *, viewer: Viewer) -> dict[tuple[str, int], Any]:
    """Return the rows of those targets that the viewer may see: one query per type of target."""
    seen = {}
    for target, ids in _by_target(pairs):
        found = target.visible(viewer=viewer, ids=ids)
        seen.update({(target.name, target_id): thing for target_id, thing in found.items()})
    return seen


def _by_target(pairs: Iterable[tuple[str, int]]) -> Iterator[tuple[Target, list[int]]]:
    """Yield each type of target that is known with its ids among the pairs."""
    by_type: dict[str, set[int]] = defaultdict(set)
    for target_type, target_id in pairs:
        by_type[target_type].add(target_id)
    for target_type, ids in by_type.items():
        target = by_name(Target, target_type)
        if target is not None:
            yield target, sorted(ids)


def notice_of(row: Any, *, thing: Any, actors: dict[int, Actor]) -> Notice:
    """Return a Notice from a row that has kind, target, actors and props, and the target as its reader sees it."""
    target = by_name(Target, row.target_type)
    assert target is not None  # `thing` came from it
    return Notice(
        kind=row.kind,
        target_type=row.target_type,
        target_id=row.target_id,
        title=target.title(row=thing),
        url=target.url(row=thing),
        excerpt=target.excerpt(row=thing),
        actors=tuple(actors[pk].name for pk in row.actor_ids[:2] if pk in actors),
        actor_count=len(row.actor_ids),
        activity_count=row.activity_count,
        props=row.props,
    )


def url_for(row: Notification, *, viewer: Viewer) -> str:
    """Return where a line leads, or raise Http404 when the viewer may not see its target any more."""
    thing = visible_targets([(row.target_type, row.target_id)], viewer=viewer).get((row.target_type, row.target_id))
    target = by_name(Target, row.target_type)
    if thing is None or target is None:
        raise Http404
    return target.url(row=thing)


def actors_of(member_ids: Iterable[int]) -> dict[int, Actor]:
    """Return those members as lines show them."""
    rows = Member.objects.filter(pk__in=set(member_ids)).values_list("pk", "name", "hue", "avatar_key")
    return {pk: Actor(name, hue, f"/f/{key}/avatar.webp?w=160" if key else "") for pk, name, hue, key in rows}


def unread_count(viewer: Viewer) -> int:
    """Count the unread lines whose target the viewer may see, up to COUNTED.

    One look at a partial index for somebody with nothing unread; then one query per type of target, without its rows.
    """
    if not viewer.is_member:
        return 0
    rows = read_rows(UNREAD, [viewer.member_id, COUNTED])  # every page asks this
    if not rows:
        return 0
    found = _by_target(rows)
    seen = {(target.name, pk) for target, ids in found for pk in target.seen_ids(viewer=viewer, ids=ids)}
    return sum(row in seen for row in rows)


def _key(row: Notification) -> str:
    return f"{(row.latest_at - EPOCH) // timedelta(microseconds=1)}-{row.pk}"


def _behind(rows: QuerySet[Notification], after: str) -> QuerySet[Notification]:
    stamp, _hyphen, row = after.partition("-")
    microseconds, row_id = whole(stamp), whole(row)
    if microseconds is None or row_id is None:
        return rows
    try:
        at = EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return rows
    return rows.filter(Q(latest_at__lt=at) | Q(latest_at=at, id__lt=row_id))
