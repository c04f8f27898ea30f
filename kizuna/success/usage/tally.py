"""What a fold's events add up to, as a list of steps that is the same whenever it is computed from the same events.

Sums, first and last times, and the latest trait by event time do not depend on the order of arrival.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from kizuna.success.usage.wire import COUNTED_KINDS, UsageEvent, word

# How many rows one transaction of some 100 ms writes.
STEP_ROWS = {"traits": 200, "memberships": 1_500, "counts": 1_500, "totals": 1_500}
MAX_TRAITS = 100
MAX_TRAIT_NAME = 100
MAX_TRAIT_TEXT = 1_000
# Whole numbers beyond this are not kept exactly by every reader of JSON.
MAX_WHOLE_NUMBER = 2**53

PERSON, GROUP = "person", "group"
TABLE = "table"  # the kind of names that come from tables instead of events

CountKey = tuple[date, str, str, str, str]  # day, person, group, kind, name
SubjectKey = tuple[str, str]  # kind, external id
Sayings = dict[str, tuple[str, str, Any]]  # trait: (said at, message id, value)


@dataclass(slots=True)
class Span:
    """How often, first and last."""

    count: int
    first_at: datetime
    last_at: datetime

    def add(self, at: datetime) -> None:
        self.count += 1
        if at < self.first_at:
            self.first_at = at
        elif at > self.last_at:
            self.last_at = at


@dataclass
class Tally:
    """Everything that the events of one fold change."""

    zone: ZoneInfo
    counts: dict[CountKey, Span] = field(default_factory=dict)
    memberships: dict[tuple[str, str], Span] = field(default_factory=dict)
    traits: dict[SubjectKey, Sayings] = field(default_factory=dict)

    def add(self, event: UsageEvent) -> None:
        """Take one event into account."""
        if event.kind in COUNTED_KINDS:
            day = event.at.astimezone(self.zone).date()
            _extend(self.counts, (day, event.person, event.group, event.kind, event.name), event.at)
        elif event.kind == "identify" and event.person:
            self._say((PERSON, event.person), event)
        elif event.kind == "group":
            self._say((GROUP, event.group), event)
            if event.person:
                _extend(self.memberships, (event.person, event.group), event.at)

    def totals(self) -> dict[tuple[date, str, str], int]:
        """Return how often each thing was done on each day by anybody."""
        found: dict[tuple[date, str, str], int] = {}
        for (day, _person, _group, kind, name), span in self.counts.items():
            found[day, kind, name] = found.get((day, kind, name), 0) + span.count
        return found

    def steps(self) -> list["Step"]:
        """Return what is to be written, in parts that are each one short transaction."""
        return [
            *_parts("traits", self.traits),
            *_parts("memberships", self.memberships),
            *_parts("counts", self.counts),
            *_parts("totals", self.totals()),
        ]

    def _say(self, subject: SubjectKey, event: UsageEvent) -> None:
        said = self.traits.setdefault(subject, {})
        at = event.at.isoformat(timespec="microseconds")
        for name, value in (event.sent.get("traits") or {}).items():
            name = word(name)[:MAX_TRAIT_NAME]
            if name:
                merge_saying(said, name, (at, event.id, plain(value)))


@dataclass(frozen=True)
class Step:
    """One part of what is to be written."""

    kind: str
    rows: list[tuple[Any, Any]]


def merge_saying(said: Sayings, name: str, saying: tuple[str, str, Any]) -> None:
    """Let the later of two sayings stand. Of too many traits the latest said are kept, in whatever order they came."""
    before = said.get(name)
    if before is None or saying[:2] > before[:2]:
        said[name] = saying
        if len(said) > MAX_TRAITS:
            del said[min(said, key=lambda known: (*said[known][:2], known))]


def plain(value: Any) -> Any:
    """Return a trait as a short plain value: text, number, yes or no, nothing; lists and objects as their text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_WHOLE_NUMBER else str(value)[:MAX_TRAIT_TEXT]
    if isinstance(value, str):
        return word(value)[:MAX_TRAIT_TEXT]
    return word(str(value))[:MAX_TRAIT_TEXT]


def tally_of(events: Iterable[UsageEvent], *, zone: ZoneInfo) -> Tally:
    """Add up events."""
    tally = Tally(zone)
    for event in events:
        tally.add(event)
    return tally


def _extend(spans: dict[Any, Span], key: Any, at: datetime) -> None:
    span = spans.get(key)
    if span is None:
        spans[key] = Span(1, at, at)
    else:
        span.add(at)


def _parts(kind: str, rows: dict[Any, Any]) -> Iterator[Step]:
    waiting = iter(sorted(rows.items(), key=_first))
    while part := list(islice(waiting, STEP_ROWS[kind])):
        yield Step(kind, part)


def _first(row: tuple[Any, Any]) -> Any:
    return row[0]
