"""The service board in the REST API, for those with the desk: the numbers of a span, and one row per inquiry."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from kizuna.base.api.paging import PageOut, PageQuery
from kizuna.core.members.requests import Request
from kizuna.success.service import facts, queries
from kizuna.success.service.models import InquiryFigures
from kizuna.success.service.policies import can_see_person, require_reader
from kizuna.success.service.queries import BoardFilter, Share, Times

router = Router(tags=["service"])


class SpanQuery(Schema):
    from_: str = Field("", alias="from", max_length=10, description="First day, of the community's time zone.")
    to: str = Field("", max_length=10, description="The day after the last one. Without both days: this month.")
    department: str = Field("", max_length=20, description="Number of a department.")
    owner: str = Field(
        "", max_length=20, description="`me`, `nobody`, or the number of a colleague (owners and admins)."
    )
    channel: str = Field("", max_length=20)
    category: str = Field("", max_length=80)
    repeat: str = Field("7", max_length=2, description="Asked again within `3`, `7`, `14` or `30` days.")


class TimesOut(Schema):
    n: int
    median: float | None = Field(description="Business minutes. Null when n is 0.")
    p90: float | None


class ShareOut(Schema):
    count: int
    n: int
    value: float | None = Field(description="0 to 1. Null when there is nothing to count from.")
    low: float | None = Field(description="95 % Wilson interval.")
    high: float | None


class DayOut(Schema):
    day: date
    inside: int
    outside: int


class HourOut(Schema):
    hour: int
    inside: int
    outside: int


class BacklogOut(Schema):
    count: int
    ownerless: int
    overdue: int
    waiting: int
    oldest_at: datetime | None


class ServiceOut(Schema):
    since: date = Field(description="First day.")
    until: date = Field(description="The day after the last one.")
    counts: dict[str, int] = Field(description="How many inquiries of the span are in each part, such as `unanswered`.")
    arrivals_by_day: list[DayOut]
    arrivals_by_hour: list[HourOut]
    first_response_minutes: TimesOut = Field(description="Of a person, the team's or a member's.")
    first_response_minutes_by: dict[str, TimesOut] = Field(description="`staff`, `member` and `bot` apart.")
    resolution_minutes: TimesOut
    first_response_in_time: ShareOut
    resolution_in_time: ShareOut
    reopened: ShareOut
    same_person_again: ShareOut
    same_customer_again: ShareOut
    backlog: BacklogOut = Field(description="Now, whenever it came in.")


class FiguresOut(Schema):
    inquiry_id: int
    received_at: datetime
    day: date
    hour: int
    is_outside_hours: bool
    channel: str
    category: str
    owner: int | None = Field(description="Null also where it is another's and the token's member may not see it.")
    is_left_out: bool
    first_response_at: datetime | None
    first_response_by: str
    first_response_minutes: int | None
    staff_minutes: int | None
    member_minutes: int | None
    bot_minutes: int | None
    response_due_at: datetime | None
    response_in_time: bool | None
    closed_at: datetime | None
    resolution_minutes: int | None
    resolution_due_at: datetime | None
    resolution_in_time: bool | None
    reopened: int
    url: str


class FiguresPage(PageOut):
    items: list[FiguresOut]


class FiguresQuery(PageQuery, SpanQuery):
    part: str = Field("all", max_length=20, description="Which of the counts: `all`, `unanswered`, `response_missed` …")


@router.get("/service", response=ServiceOut, summary="Get the service figures of a span")
def get_service(request: Request, asked: Query[SpanQuery]) -> dict[str, Any]:
    """Get arrivals, first answers, closings, dues kept, contacts again and what is not finished."""
    require_reader(request.viewer)
    now = timezone.now()
    wanted = _wanted(request, asked, now=now)
    found = queries.board_of(request.viewer, wanted, now=now)
    backlog = queries.backlog_of(request.viewer, wanted, now=now)
    days = sorted({day for day, _outside in found.by_day})
    return {
        "since": wanted.span.since,
        "until": wanted.span.until,
        "counts": found.counts,
        "arrivals_by_day": [{"day": day, **_sides(found.by_day, day)} for day in days],
        "arrivals_by_hour": [{"hour": hour, **_sides(found.by_hour, hour)} for hour in range(24)],
        "first_response_minutes": _times(found.answers["first"]),
        "first_response_minutes_by": {kind: _times(found.answers[kind]) for kind in ("staff", "member", "bot")},
        "resolution_minutes": _times(found.resolution),
        "first_response_in_time": _share(found.response),
        "resolution_in_time": _share(found.resolved_in_time),
        "reopened": _share(found.reopened),
        "same_person_again": _share(found.person_again),
        "same_customer_again": _share(found.account_again),
        "backlog": {name: getattr(backlog, name) for name in ("count", "ownerless", "overdue", "waiting", "oldest_at")},
    }


@router.get(
    "/service/inquiries", response=FiguresPage, exclude_unset=True, summary="List what inquiries are counted by"
)
def list_figures(request: Request, page: Query[FiguresQuery]) -> dict[str, Any]:
    """List one row per inquiry that arrived in the span, the latest first."""
    require_reader(request.viewer)
    now = timezone.now()
    wanted = _wanted(request, page, now=now)
    part = page.part if page.part in queries.PARTS else "all"
    found, after = queries.page_of(request.viewer, wanted, part, now=now, after=page.after, limit=page.limit)
    answer: dict[str, Any] = {"items": [_row(request, row) for row in found], "next": after or None}
    if page.count:
        answer["count"] = queries.board_of(request.viewer, wanted, now=now).counts[part]
    return answer


def _wanted(request: Request, asked: SpanQuery, *, now: datetime) -> BoardFilter:
    given = {**asked.dict(), "from": asked.from_}
    return BoardFilter.of(given, viewer=request.viewer, today=facts.local(now).date())


def _sides(counts: Any, key: Any) -> dict[str, int]:
    return {"inside": counts.get((key, False), 0), "outside": counts.get((key, True), 0)}


def _times(found: Times) -> dict[str, Any]:
    return {"n": found.n, "median": found.median, "p90": found.p90}


def _share(found: Share) -> dict[str, Any]:
    return {"count": found.count, "n": found.n, "value": found.value, "low": found.low, "high": found.high}


def _row(request: Request, row: InquiryFigures) -> dict[str, Any]:
    return {
        "inquiry_id": row.pk,
        "received_at": row.arrived_at,
        "day": row.arrived_on,
        "hour": row.arrived_hour,
        "is_outside_hours": row.is_outside,
        "channel": row.channel,
        "category": row.category,
        "owner": row.owner_id if can_see_person(request.viewer, row.owner_id) else None,
        "is_left_out": row.is_left_out,
        "first_response_at": row.first_at,
        "first_response_by": row.first_by,
        "first_response_minutes": row.first_minutes,
        "staff_minutes": row.staff_minutes,
        "member_minutes": row.member_minutes,
        "bot_minutes": row.bot_minutes,
        "response_due_at": row.response_due_at,
        "response_in_time": row.response_met,
        "closed_at": row.resolved_at,
        "resolution_minutes": row.resolution_minutes,
        "resolution_due_at": row.resolution_due_at,
        "resolution_in_time": row.resolution_met,
        "reopened": row.reopened,
        "url": request.build_absolute_uri(f"/desk/inquiries/{row.pk}/"),
    }
