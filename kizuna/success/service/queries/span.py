"""Which inquiries are counted: days of the community, and what they are narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox.models import Inquiry, InquiryHandover
from kizuna.success.service.seeing import sees_person
from kizuna.success.tasks.models import DepartmentMember

LONGEST = 3 * 366
REPEATS = (3, 7, 14, 30)
PRESETS = ("week", "last_week", "month", "last_month")
EARLIEST, LATEST = date(1990, 1, 1), date(2999, 1, 1)


@dataclass(frozen=True)
class Span:
    """Days of the community: from the first, up to the last, which is not in it."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def before(self) -> "Span":
        """Return as many days just before."""
        return Span(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True)
class BoardFilter:
    """What the board was narrowed to, as its address says it; what makes no sense in it is left out."""

    span: Span
    preset: str = ""
    department: int | None = None
    owner: str = ""  # "me", "nobody" or the number of a colleague
    channel: str = ""
    category: str = ""
    repeat_days: int = 7

    @classmethod
    def of(cls, given: Mapping[str, Any], *, viewer: Viewer, today: date) -> "BoardFilter":
        """Read an address. A colleague whose figures are not the viewer's to see is left out."""
        said = {name: str(given.get(name) or "")[:80].replace("\x00", "") for name in
                ("preset", "from", "to", "department", "owner", "channel", "category", "repeat")}  # fmt: skip
        span, preset = span_of(said["preset"], said["from"], said["to"], today=today)
        repeat = said["repeat"]
        return cls(
            span=span,
            preset=preset,
            department=_number(said["department"]),
            owner=_owner(said["owner"], viewer),
            channel=said["channel"] if said["channel"] in Inquiry.Channel.values else "",
            category=said["category"].strip(),
            repeat_days=int(repeat) if repeat in map(str, REPEATS) else 7,
        )

    def query(self) -> dict[str, str]:
        """Return the filter as parts of an address."""
        dates = {"preset": self.preset} if self.preset else {}
        if not self.preset:
            dates = {"from": self.span.since.isoformat(), "to": self.span.until.isoformat()}
        said = {
            **dates,
            "department": str(self.department or ""),
            "owner": self.owner,
            "channel": self.channel,
            "category": self.category,
            "repeat": str(self.repeat_days) if self.repeat_days != 7 else "",
        }
        return {name: value for name, value in said.items() if value}

    def narrowed(self, viewer: Viewer) -> Q:
        """Return the condition besides the days, for figures and for inquiries: both have these columns."""
        found = Q()
        if self.department:
            seats = DepartmentMember.objects.filter(department_id=self.department).values("member_id")
            handed = InquiryHandover.objects.filter(department_id=self.department).values("inquiry_id")
            found &= Q(owner_id__in=seats) | Q(pk__in=handed)
        if self.owner == "nobody":
            found &= Q(owner=None)
        elif self.owner:
            found &= Q(owner_id=viewer.own_id if self.owner == "me" else int(self.owner))
        if self.channel:
            found &= Q(channel=self.channel)
        if self.category:
            found &= Q(category=self.category)
        return found


def span_of(preset: str, since: str, until: str, *, today: date) -> tuple[Span, str]:
    """Return the days asked for and the name they have; this month when nothing sensible is asked for."""
    first, last = _day(since), _day(until)
    if first and last and first < last and (last - first).days <= LONGEST:
        return Span(first, last), ""
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    spans = {
        "week": Span(monday, monday + timedelta(days=7)),
        "last_week": Span(monday - timedelta(days=7), monday),
        "month": Span(month, _next_month(month)),
        "last_month": Span((month - timedelta(days=1)).replace(day=1), month),
    }
    name = preset if preset in PRESETS else "month"
    return spans[name], name


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 19 and int(text) else None


def _owner(text: str, viewer: Viewer) -> str:
    if text in ("me", "nobody"):
        return text
    number = _number(text)
    return str(number) if number and sees_person(viewer, number) else ""
