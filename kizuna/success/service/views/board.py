"""The service board, the inquiries behind its numbers, and the file with one row per inquiry."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kizuna.base.api.paging import BadCursor
from kizuna.base.tables import csv_lines, write_xlsx
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.views.gates import readers
from kizuna.success.inbox import looks
from kizuna.success.inbox import wording as inbox
from kizuna.success.inbox.models import Inquiry
from kizuna.success.service import actions, charts, facts, policies, queries, wording
from kizuna.success.service.models import InquiryFigures
from kizuna.success.service.queries import Board, BoardFilter
from kizuna.success.service.views import options
from kizuna.success.tasks.wording import department_name

AT_ONCE = 2_000
MOST_IN_WORKBOOK = 50_000
CSV, XLSX = "csv", "xlsx"
DATES = ("preset", "from", "to")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    "number external_id title account_name channel category owner received_at day hour outside_hours state closed_because"
    " left_out first_response_at first_response_by first_response_minutes staff_minutes member_minutes automatic_minutes"
    " response_due_at response_in_time closed_at resolution_minutes resolution_due_at resolution_in_time reopened"
    " next_of_person next_of_person_after_days next_of_customer next_of_customer_after_days"
)


@readers
@require_GET
def board(request: Request) -> HttpResponse:
    """Show the numbers of a span, and the same numbers of as many days before."""
    viewer, now = request.viewer, timezone.now()
    wanted = wanted_of(request, now=now)
    found = queries.board_of(viewer, wanted, now=now)
    before = queries.board_of(viewer, wanted, now=now, span=wanted.span.before)
    context = {
        "wanted": wanted,
        "last_day": wanted.span.until - timedelta(days=1),
        "query": urlencode(wanted.query()),
        "rest": urlencode({name: said for name, said in wanted.query().items() if name not in DATES}),
        **options.of(viewer, wanted),
        **_arrivals(found, before, wanted),
        "answers": _answers(found, before),
        "resolution": wording.times_look(found.resolution, before=before.resolution),
        "shares": _shares(found, before),
        "counts": found.counts,
        "teams": _teams(found, viewer),
        "people": _people(found),
        "sees_people": policies.can_see_people(viewer),
        "backlog": _backlog(viewer, wanted, now=now),
        "is_counting": queries.is_counting(),
        "is_span_refused": _is_span_refused(request, wanted),
    }
    return render(request, "service/board.html", context)


@readers
@require_GET
def inquiries(request: Request) -> HttpResponse:
    """Show the inquiries behind one number."""
    now = timezone.now()
    wanted, part = wanted_of(request, now=now), request.GET.get("part", "all")
    if part not in queries.PARTS:
        raise Http404
    try:
        found, after = queries.page_of(request.viewer, wanted, part, now=now, after=request.GET.get("after", "")[:400])
    except BadCursor:
        raise Http404 from None
    query = {**wanted.query(), "part": part}
    context = {
        "title": wording.PARTS[part],
        "wanted": wanted,
        "last_day": wanted.span.until - timedelta(days=1),
        "query": urlencode(wanted.query()),
        "rows": [_row(row, request.viewer, now=now) for row in found],
        "next_url": f"?{urlencode({**query, 'after': after})}" if after else "",
    }
    return render(request, "service/inquiries.html", context)


@readers
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Send one row per inquiry. The export is noted."""
    viewer, now = request.viewer, timezone.now()
    wanted = wanted_of(request, now=now)
    rows = queries.rows_of(viewer, wanted).select_related("inquiry__account", "owner").order_by("arrived_at", "pk")
    is_book = request.GET.get("format") == XLSX
    if is_book and rows.count() > MOST_IN_WORKBOOK:
        messages.error(
            request, _("These are too many rows for an Excel file. Please take the CSV file, or fewer days.")
        )
        return redirect(f"{reverse('service:board')}?{urlencode(wanted.query())}")
    actions.note_export(viewer=viewer, query=urlencode(wanted.query()), now=now)
    lines = (_cells(row, viewer) for row in rows.iterator(chunk_size=AT_ONCE))
    response: HttpResponseBase
    if is_book:
        response = HttpResponse(_workbook(lines), content_type=XLSX_TYPE)
    else:
        response = StreamingHttpResponse(csv_lines(HEADS.split(), lines), content_type="text/csv; charset=utf-8")
    name = f"service-{wanted.span.since}-{wanted.span.until}.{XLSX if is_book else CSV}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def wanted_of(request: Request, *, now: datetime) -> BoardFilter:
    """Return what the address asks for."""
    return BoardFilter.of(request.GET, viewer=request.viewer, today=facts.local(now).date())


def _is_span_refused(request: Request, wanted: BoardFilter) -> bool:
    """Say whether days were given that make no span, so that this month is shown instead."""
    given = request.GET
    return bool(wanted.preset and not given.get("preset") and (given.get("from") or given.get("to")))


def _arrivals(found: Board, before: Board, wanted: BoardFilter) -> dict[str, Any]:
    days = [wanted.span.since + timedelta(days=place) for place in range(min(wanted.span.days, 400))]
    by_day = [_column(date_format(day, "n/j"), found.by_day, day) for day in days]
    by_hour = [_column(str(hour), found.by_hour, hour) for hour in range(24)]
    outside = sum(n for (_day, is_outside), n in found.by_day.items() if is_outside)
    return {
        "by_day": by_day,
        "by_hour": by_hour,
        "day_chart": charts.bars(by_day, label=_("Arrivals by day, inside and outside business hours")),
        "hour_chart": charts.bars(by_hour, label=_("Arrivals by hour of the day, inside and outside business hours")),
        "arrived": found.counts["all"],
        "arrived_before": before.counts["all"],
        "outside": wording.share_look(queries.share(outside, found.counts["all"])),
    }


def _column(name: str, counts: Any, key: Any) -> tuple[str, int, int]:
    return name, counts.get((key, False), 0), counts.get((key, True), 0)


def _answers(found: Board, before: Board) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "meaning": wording.KIND_DEFINITIONS[kind],
            **wording.times_look(found.answers[kind], before=before.answers[kind]),
        }
        for kind, label in wording.KINDS.items()
    ]


def _shares(found: Board, before: Board) -> dict[str, dict[str, Any]]:
    names = ("response", "resolved_in_time", "reopened", "person_again", "account_again")
    return {name: wording.share_look(getattr(found, name), before=getattr(before, name)) for name in names}


def _party(figures: queries.Party) -> dict[str, Any]:
    return {
        "counts": figures.counts,
        "first": wording.times_look(figures.first),
        "resolution": wording.times_look(figures.resolution),
        "response": wording.share_look(figures.response),
        "resolved": wording.share_look(figures.resolved_in_time),
    }


def _people(found: Board) -> list[dict[str, Any]]:
    return [
        {
            "name": one.member.name if one.member else _("Without an owner"),
            "owner": str(one.member.pk) if one.member else "nobody",
            **_party(one.figures),
        }
        for one in found.people
    ]


def _teams(found: Board, viewer: Viewer) -> list[dict[str, Any]]:
    return [
        {
            "name": department_name(one.department, language=viewer.language),
            "department": one.department.pk,
            **(_party(one.figures) if one.figures else {}),
        }
        for one in found.teams
    ]


def _backlog(viewer: Viewer, wanted: BoardFilter, *, now: datetime) -> dict[str, Any]:
    found = queries.backlog_of(viewer, wanted, now=now)
    most = max([n for _since, _until, n in found.ages], default=0) or 1
    ages = [{"label": wording.age(since, until), "n": n, "percent": 100 * n / most} for since, until, n in found.ages]
    return {"found": found, "ages": ages}


def _row(figures: InquiryFigures, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    inquiry = figures.inquiry
    return {
        **looks.row_of(inquiry, now=now, viewer=viewer),
        "account": inquiry.account,
        "state_word": inbox.STATES[Inquiry.State(inquiry.state)],
        "first": wording.minutes(figures.first_minutes),
        "resolution": wording.minutes(figures.resolution_minutes),
        "response_met": figures.response_met,
        "resolution_met": figures.resolution_met,
    }


def _cells(row: InquiryFigures, viewer: Viewer) -> list[Any]:
    inquiry = row.inquiry
    owner = row.owner.name if row.owner and policies.can_see_person(viewer, row.owner_id) else ""
    return [
        row.pk, inquiry.external_id, inquiry.title, inquiry.account.name if inquiry.account else "", row.channel,
        row.category, owner, row.arrived_at, row.arrived_on, row.arrived_hour, row.is_outside, inquiry.state,
        inquiry.closed_because, row.is_left_out, row.first_at, row.first_by, row.first_minutes, row.staff_minutes,
        row.member_minutes, row.bot_minutes, row.response_due_at, row.response_met, row.resolved_at,
        row.resolution_minutes, row.resolution_due_at, row.resolution_met, row.reopened, row.person_next_id,
        _days(row.person_again_after), row.account_next_id, _days(row.account_again_after),
    ]  # fmt: skip


def _days(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 86_400, 2)


def _workbook(lines: Iterator[list[Any]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "service.xlsx"
        write_xlsx(path, HEADS.split(), lines)
        return path.read_bytes()
