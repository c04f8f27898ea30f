"""The queue: what needs action on top, then what is due next. Each list is read by a key, whatever its length."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.dateparse import parse_datetime

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox.models import OURS, Inquiry
from kizuna.success.inbox.queries.visible import inquiries_visible_to

PAGE = 50
SHOWN = 8
VIEWS = ("needs", "mine", "open", "outside", "waiting", "snoozed", "handed", "closed")
PARTS = ("ownerless", "overdue", "next", "later", "hold")
NOT_CLOSED = ~Q(state=Inquiry.State.CLOSED)
WITH = ("account", "contact", "member", "owner", "department")


@dataclass(frozen=True)
class QueueFilter:
    """What the queue was narrowed to, as its address says it."""

    view: str = "needs"
    part: str = ""
    channel: str = ""
    owner: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "QueueFilter":
        """Read an address; what makes no sense in it is left out."""
        said = {name: str(given.get(name, "")) for name in ("view", "part", "channel", "owner")}
        return cls(
            view=said["view"] if said["view"] in VIEWS else "needs",
            part=said["part"] if said["part"] in PARTS else "",
            channel=said["channel"] if said["channel"] in Inquiry.Channel.values else "",
            owner=said["owner"] if said["owner"] in ("me", "nobody") else "",
            text=str(given.get("q", ""))[:100].replace("\x00", "").strip(),
        )

    def but(self, **changes: str) -> "QueueFilter":
        return replace(self, **changes)

    def query(self) -> dict[str, str]:
        """Return the filter as parts of an address: what is as usual is not said."""
        said = {
            "view": "" if self.view == "needs" else self.view,
            "part": self.part,
            "channel": self.channel,
            "owner": self.owner,
            "q": self.text,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Counts:
    """How many are in each part and view. An inquiry without an owner is never counted as overdue or due as well."""

    ownerless: int
    overdue: int
    next: int
    later: int
    hold: int
    mine: int
    outside: int

    @property
    def needs(self) -> int:
        return self.ownerless + self.overdue

    @property
    def open(self) -> int:
        return self.needs + self.next + self.later + self.hold


@dataclass(frozen=True)
class Part:
    """A part of the queue, as far as it is shown."""

    name: str
    count: int
    rows: list[Inquiry]


def counts_of(viewer: Viewer, *, now: datetime, until: datetime) -> Counts:
    """Count the queue in one look; `until` ends what is due next."""
    rows = inquiries_visible_to(viewer).filter(NOT_CLOSED)
    return Counts(
        **rows.aggregate(
            **{name: Count("pk", filter=where) for name, where in _parts(now, until).items()},
            mine=Count("pk", filter=Q(owner_id=viewer.own_id)),
            outside=Count("pk", filter=Q(is_outside_hours=True, state__in=OURS)),
        )
    )


def needs_action(
    viewer: Viewer, wanted: QueueFilter, counts: Counts, *, now: datetime, until: datetime, limit: int = SHOWN
) -> list[Part]:
    """Return the first of what has no owner, is overdue, is due next; with `later` and `hold` only their numbers."""
    return [
        Part(name, getattr(counts, name), part_of(viewer, wanted, name, now=now, until=until, size=limit)[0])
        for name in ("ownerless", "overdue", "next")
        if getattr(counts, name)
    ]


def part_of(
    viewer: Viewer,
    wanted: QueueFilter,
    name: str,
    *,
    now: datetime,
    until: datetime,
    after: str = "",
    size: int | None = None,
) -> tuple[list[Inquiry], str]:
    """Return a page of one part, and where the next one begins. Without an owner the most pressing stand first."""
    # What the partial index is built on is said once more: SQLite does not conclude it from the states.
    rows = narrowed(inquiries_visible_to(viewer), wanted).filter(NOT_CLOSED, _parts(now, until)[name])
    read = _most_pressing if name == "ownerless" else _by_due
    return read(rows, after, size or PAGE)


def page_of(viewer: Viewer, wanted: QueueFilter, *, after: str = "") -> tuple[list[Inquiry], str]:
    """Return a page of a view, and where the next one begins: by due, what is finished by when it came in."""
    rows = filtered(viewer, wanted)
    if wanted.view == "closed":
        return _latest(rows, after)
    return (_most_pressing if wanted.view == "outside" else _by_due)(rows, after, PAGE)


def filtered(viewer: Viewer, wanted: QueueFilter) -> QuerySet[Inquiry]:
    """Return what a view and its narrowing leave."""
    rows = narrowed(inquiries_visible_to(viewer), wanted)
    state = Inquiry.State
    views = {
        "needs": NOT_CLOSED,
        "mine": NOT_CLOSED & Q(owner_id=viewer.own_id),
        "open": NOT_CLOSED,
        "outside": Q(is_outside_hours=True, state__in=OURS),
        "waiting": Q(state=state.WAITING),
        "snoozed": Q(state=state.SNOOZED),
        "handed": Q(state=state.HANDED),
        "closed": Q(state=state.CLOSED),
    }
    rows = rows.filter(views[wanted.view])
    if wanted.view not in ("closed", "outside"):  # the latter is sorted otherwise
        rows = rows.filter(NOT_CLOSED)
    if wanted.owner == "me":
        return rows.filter(owner_id=viewer.own_id)
    return rows.filter(owner=None) if wanted.owner == "nobody" else rows


def narrowed(rows: QuerySet[Inquiry], wanted: QueueFilter) -> QuerySet[Inquiry]:
    """Return the rows of a channel with a part of the title, or the one with a number (#12)."""
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    text = wanted.text
    if not text:
        return rows
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        return rows.filter(Q(pk=int(number)) | Q(title__icontains=text))
    return rows.filter(title__icontains=text)


def _parts(now: datetime, until: datetime) -> dict[str, Q]:
    """Return what belongs where; each that is not closed is in exactly one part."""
    owned = Q(state__in=OURS, owner__isnull=False)
    turn = owned & ~Q(state=Inquiry.State.SNOOZED)
    late = owned & Q(due_at__lt=now)
    return {
        "ownerless": Q(state__in=OURS, owner=None),
        "overdue": late,
        "next": turn & Q(due_at__gte=now, due_at__lte=until),
        "later": turn & (Q(due_at__gt=until) | Q(due_at=None)),
        "hold": Q(state=Inquiry.State.WAITING)
        | (owned & Q(state=Inquiry.State.SNOOZED) & (Q(due_at__gte=now) | Q(due_at=None))),
    }


def _by_due(rows: QuerySet[Inquiry], after: str, size: int) -> tuple[list[Inquiry], str]:
    """Return a page by due, those without one last: they are a list of their own behind the others."""
    moment, pk = _key(after, [str, int], ["", 0])
    found: list[Inquiry] = []
    if not after or moment:
        dated = rows.exclude(due_at=None)
        if after:
            at = _moment(moment)
            dated = dated.filter(due_at__gte=at).exclude(due_at=at, pk__lte=pk)
        found = _rows(dated.order_by("due_at", "pk"), size + 1)
    if len(found) <= size:
        rest = rows.filter(due_at=None)
        if after and not moment:
            rest = rest.filter(pk__gt=pk)
        found += _rows(rest.order_by("pk"), size + 1 - len(found))
    last = found[size - 1] if len(found) > size else None
    return found[:size], cursor([last.due_at.isoformat() if last.due_at else "", last.pk]) if last else ""


def _most_pressing(rows: QuerySet[Inquiry], after: str, size: int) -> tuple[list[Inquiry], str]:
    """Return a page by urgency, then due."""
    if after:
        urgency, moment, pk = _key(after, [int, str, int], [])
        same = Q(urgency=urgency)
        if moment:
            at = _moment(moment)
            rest = same & (Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk) | Q(due_at=None))
        else:
            rest = same & Q(due_at=None, pk__gt=pk)
        rows = rows.filter(Q(urgency__lt=urgency) | rest)
    found = _rows(rows.order_by("-urgency", F("due_at").asc(nulls_last=True), "pk"), size + 1)
    last = found[size - 1] if len(found) > size else None
    return found[:size], (
        cursor([last.urgency, last.due_at.isoformat() if last.due_at else "", last.pk]) if last else ""
    )


def _latest(rows: QuerySet[Inquiry], after: str) -> tuple[list[Inquiry], str]:
    if after:
        moment, pk = _key(after, [str, int], [])
        at = _moment(moment)
        rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))
    found = _rows(rows.order_by("-received_at", "-pk"), PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], cursor([last.received_at.isoformat(), last.pk]) if last else ""


def _rows(rows: QuerySet[Inquiry], limit: int) -> list[Inquiry]:
    """Return the rows with what a line says of them; found by number first, so that sorting carries no texts."""
    ids = list(rows.values_list("pk", flat=True)[:limit])
    known = Inquiry.objects.select_related(*WITH).in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def _key(after: str, types: list[type], default: list[Any]) -> list[Any]:
    return list(read_cursor(after, types=types)) if after else default


def _moment(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadCursor(text)
    return at


def open_count() -> int:
    """Return how many inquiries are not finished."""
    return Inquiry.objects.filter(NOT_CLOSED).count()
