"""The timeline of an account or a person: pages by key, by channel and by words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.base.registry import Target, TouchpointChannel, by_name, of
from kizuna.base.text.japanese import fold
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account, Contact, Note, Touchpoint
from kizuna.success.customers.queries.visible import notes_visible_to, touchpoints_visible_to

PAGE = 30
ENDS = ("contract", "cancellation")  # their touchpoints carry the reason of an end


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, with its note where it is one."""

    touch: Touchpoint
    note: Note | None
    title: str
    excerpt: str
    url: str


@dataclass(frozen=True)
class TimelinePage:
    entries: list[Entry]
    after: str


def timeline_of(
    viewer: Viewer,
    *,
    account: Account | None = None,
    contact: Contact | None = None,
    channel: str = "",
    text: str = "",
    after: str = "",
    limit: int = PAGE,
) -> TimelinePage:
    """Return a part of a timeline, the latest first."""
    touches = touchpoints_visible_to(viewer)
    touches = touches.filter(account=account) if account else touches.filter(contact=contact)
    if channel:
        touches = touches.filter(channel=channel)
    touches = _holding(viewer, touches, text)
    if after:
        touches = touches.filter(_beyond(after))
    found = list(_ordered(touches)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    after = cursor([last.at.isoformat(), last.pk]) if last else ""
    return TimelinePage(entries=entries_of(viewer, found[:limit]), after=after)


def entries_of(viewer: Viewer, touches: list[Touchpoint]) -> list[Entry]:
    """Add to each touchpoint the words of its source as they are now; what the viewer may not see there is left out."""
    by_type: dict[str, set[int]] = defaultdict(set)
    for touch in touches:
        if touch.source_type and touch.source_id:
            by_type[touch.source_type].add(touch.source_id)
    note_ids = by_type.pop("note", ())
    notes = notes_visible_to(viewer).select_related("author").in_bulk(note_ids) if note_ids else {}
    targets = {name: target for name in by_type if (target := by_name(Target, name))}
    rows = {name: target.visible(viewer=viewer, ids=sorted(by_type[name])) for name, target in targets.items()}
    shown, hides_reasons = [], not seeing.sees(viewer, seeing.JUDGEMENT)
    for touch in touches:
        if hides_reasons and touch.source_type in ENDS:
            touch.excerpt = ""
        entry = _entry(touch, notes, targets, rows)
        if entry is not None:
            shown.append(entry)
    return shown


def _holding(viewer: Viewer, touches: QuerySet[Touchpoint], text: str) -> QuerySet[Touchpoint]:
    """Narrow to what holds every word. Why a contract ended is not looked through for whom it is hidden from."""
    if seeing.sees(viewer, seeing.JUDGEMENT):
        for word in fold(text).split():
            touches = touches.filter(search_text__contains=word)
        return touches
    for word in text.split():
        others = ~Q(source_type__in=ENDS) & Q(search_text__contains=fold(word))
        touches = touches.filter(others | Q(source_type__in=ENDS, title__icontains=word))
    return touches


def touchpoint_for(viewer: Viewer, touch_id: int) -> Touchpoint | None:
    """Return the entry behind a permalink."""
    return touchpoints_visible_to(viewer).filter(pk=touch_id).first()


def place_of(touch: Touchpoint) -> str:
    """Return the key after which a timeline begins with this entry."""
    return cursor([touch.at.isoformat(), touch.pk + 1])


def channels() -> list[TouchpointChannel]:
    return of(TouchpointChannel)


def _entry(
    touch: Touchpoint, notes: dict[int, Note], targets: dict[str, Target], rows: dict[str, dict]
) -> Entry | None:
    if touch.source_type == "note":
        note = notes.get(touch.source_id or 0)
        return Entry(touch, note, "", "", "") if note else None
    target: Any = targets.get(touch.source_type)
    if target is None:
        return Entry(touch, None, touch.title, touch.excerpt, touch.url)
    row = rows[touch.source_type].get(touch.source_id or 0)
    if row is None:  # gone, hidden, or not for this viewer
        return None
    return Entry(touch, None, target.title(row=row), target.excerpt(row=row), target.url(row=row))


def _ordered(touches: QuerySet[Touchpoint]) -> QuerySet[Touchpoint]:
    return touches.select_related("contact", "member").order_by("-at", "-id")


def _beyond(after: str) -> Q:
    at, pk = read_cursor(after, types=[str, int])
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise BadCursor(after) from None
    return Q(at__lt=moment) | Q(at=moment, id__lt=pk)
