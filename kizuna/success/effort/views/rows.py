"""Rows of hours: one by one, as a list, as a file."""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.tables.writing import XLSX_ROWS, write_csv, write_xlsx
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import actions, durations, policies, wording
from kizuna.success.effort.forms import EffortForm, number_of
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries import rows as reading
from kizuna.success.effort.queries.rows import RowFilter
from kizuna.success.effort.queries.weeks import monday_of
from kizuna.success.effort.views.gates import staff

PAGE = 50
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Note hours by hand."""
    viewer, now = request.viewer, timezone.now()
    account = reading.account_named(viewer, whole(request.GET.get("account", "")))
    initial = {"day": local_day(now), "account": number_of(account)}
    form = EffortForm(request.POST or None, viewer=viewer, people_of=account, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.note_effort(viewer=viewer, work=form.work(day=data["day"], minutes=data["minutes"]), now=now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was noted."))
            return redirect(f"{reverse('effort:week')}?week={monday_of(made.day)}")
    context = {"form": form, "title": _("Note working time"), "effort": None, "may_change": True}
    return render(request, "effort/effort.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def edit(request: Request, effort_id: int) -> HttpResponse:
    """Show a row, and change it where it is one's own."""
    viewer = request.viewer
    effort = reading.effort_for(viewer, effort_id)
    may_change = policies.can_change(viewer, effort)
    form = EffortForm(
        request.POST or None,
        viewer=viewer,
        kept=effort,
        people_of=effort.account,
        initial=EffortForm.initial_from(effort),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            work = form.work(day=data["day"], minutes=data["minutes"])
            actions.change_effort(viewer=viewer, effort=effort, work=work, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was saved."))
            return redirect(f"{reverse('effort:week')}?week={monday_of(data['day'])}")
    facts = _shown(effort, viewer.language)
    context = {"form": form, "title": _("Working time"), "effort": effort, "facts": facts, "may_change": may_change}
    return render(request, "effort/effort.html", context, status=422 if form.errors else 200)


@staff
@require_POST
def remove(request: Request, effort_id: int) -> HttpResponse:
    """Remove a row."""
    effort = reading.effort_for(request.viewer, effort_id)
    actions.remove_effort(viewer=request.viewer, effort=effort, now=timezone.now())
    messages.success(request, _("It was removed."))
    return redirect(f"{reverse('effort:week')}?week={monday_of(effort.day)}")


@staff
@require_GET
def listed(request: Request) -> HttpResponse:
    """List the rows that the viewer may see, with their sum."""
    viewer = request.viewer
    wanted = RowFilter.of(request.GET, today=local_day(timezone.now()))
    rows = reading.filtered(reading.efforts_visible_to(viewer), wanted)
    whole_sum = rows.aggregate(minutes=Sum("minutes"), count=Count("pk"))
    ordered = rows.select_related("function", "account", "contact", "member").order_by("-day", "-pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page", "1"))
    query = urlencode(wanted.query())
    context = {
        "wanted": wanted,
        "rows": [_shown(row, viewer.language) for row in page],
        "total": wording.hours_text(whole_sum["minutes"] or 0),
        "count": whole_sum["count"],
        "account": reading.account_named(viewer, wanted.account),
        "selects": _selects(wanted, viewer.language),
        "sees_people": policies.can_see_people(viewer),
        "query": query,
        "next_url": f"?{query}&page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "effort/rows.html", context)


@staff
@require_GET
def file(request: Request) -> HttpResponse:
    """Send the rows as CSV or as a workbook. The export is noted."""
    viewer, now = request.viewer, timezone.now()
    wanted = RowFilter.of(request.GET, today=local_day(now))
    rows = reading.filtered(reading.efforts_visible_to(viewer), wanted)
    ordered = rows.select_related("function", "account", "contact", "member").order_by("day", "pk")[: XLSX_ROWS - 1]
    actions.note_export(viewer=viewer, query=urlencode(wanted.query()), now=now)
    is_workbook = request.GET.get("format") == "xlsx"
    lines = _lines(ordered, viewer.language)
    content = _workbook(lines) if is_workbook else _csv(lines)
    response = HttpResponse(content, content_type=XLSX_TYPE if is_workbook else "text/csv; charset=utf-8")
    name = f"effort-{wanted.since}-{wanted.until}.{'xlsx' if is_workbook else 'csv'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(row: Effort, language: str) -> dict[str, Any]:
    return {
        "row": row,
        "length": durations.clock(row.minutes),
        "function": wording.function_name(row.function, language),
        "touch": wording.touch_name(row.touch),
        "how": wording.HOWS[row.how],
        "how_meaning": wording.HOW_MEANINGS[row.how],
    }


def _selects(wanted: RowFilter, language: str) -> list[dict[str, Any]]:
    functions = [(item.slug, wording.function_name(item, language)) for item in reading.functions(with_retired=True)]
    said: list[tuple[str, str, list[Any], str]] = [
        ("function", _("Function"), functions, wanted.function),
        ("touch", _("Kind of touch"), wording.touch_choices(), wanted.touch),
        ("how", _("How it was noted"), list(wording.HOWS.items()), wanted.how),
    ]
    return [
        {"name": name, "label": label, "options": [("", _("Any")), *options], "value": value}
        for name, label, options, value in said
    ]


def _heads() -> list[str]:
    return [
        _("Day"), pgettext("effort", "Minutes"), _("Function"), _("Kind of touch"), _("How it was noted"), _("Customer number"),
        _("Customers"), _("Person"), _("Work done"), _("Whose"),
    ]  # fmt: skip


def _lines(rows: Any, language: str) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=2000):
        yield [
            row.day,
            row.minutes,
            wording.function_name(row.function, language),
            wording.touch_name(row.touch),
            str(wording.HOWS[row.how]),
            row.account.external_id if row.account else "",
            row.account.name if row.account else "",
            row.contact.name if row.contact else "",
            row.note,
            row.member.name if row.member else "",
        ]


def _csv(lines: Iterator[list[Any]]) -> bytes:
    buffer = BytesIO()
    write_csv(buffer, _heads(), lines)
    return buffer.getvalue()


def _workbook(lines: Iterator[list[Any]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "effort.xlsx"
        write_xlsx(path, _heads(), lines)
        return path.read_bytes()
