"""One's own week: the table, the timer above it, and what calls and notes offer."""

import re
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import actions, durations, policies, wording
from kizuna.success.effort.forms import NOT_A_LENGTH, PurposeForm, account_numbered
from kizuna.success.effort.models import Touch
from kizuna.success.effort.queries import offers, rows, weeks
from kizuna.success.effort.queries.weeks import WEEK, Line, LineKey, Week
from kizuna.success.effort.views.gates import staff

CELL = re.compile(r"(\d{1,18})\.([a-z]{0,10})\.(\d{0,18})\|(\d{4}-\d{2}-\d{2})", re.ASCII)
Cells = dict[tuple[LineKey, date], tuple[int, int]]


@staff
@require_http_methods(["GET", "POST"])
def week(request: Request) -> HttpResponse:
    """Show a week of one's own, and fill it in."""
    viewer, now = request.viewer, timezone.now()
    week_on = _week_on(request, today=local_day(now))
    wrong: dict[str, str] = {}
    refusal = ""
    if request.method == "POST":
        cells, wrong = _cells(request)
        try:
            if not wrong:
                count = actions.fill_week(viewer=viewer, week_on=week_on, cells=cells, now=now)
                said = ngettext("%(n)d field was saved.", "%(n)d fields were saved.", count) % {"n": count}
                messages.success(request, said)
                return redirect(f"{reverse('effort:week')}?week={week_on}")
        except Refused as refused:
            refusal = str(refused.reason)
    typed = request.POST.dict() if wrong or refusal else {}
    context = {**_page(request, week_on, today=local_day(now), typed=typed), "wrong": wrong, "refusal": refusal}
    return render(request, "effort/week.html", context, status=422 if wrong or refusal else 200)


@staff
@require_POST
def take_offer(request: Request) -> HttpResponse:
    """Take over a length that a call or a note states."""
    source, key = request.POST.get("source", "")[:40], request.POST.get("key", "")[:80]
    try:
        effort = actions.take_offer(viewer=request.viewer, source=source, key=key, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("effort:week")
    messages.success(request, _("It was taken over."))
    return redirect(f"{reverse('effort:week')}?week={weeks.monday_of(effort.day)}")


def purpose_form(viewer: Viewer, data: Any = None, *, auto_id: str = "id_%s") -> PurposeForm:
    """Return the form of the timer; a second one on a page has ids of its own."""
    return PurposeForm(data, viewer=viewer, prefix="timer", auto_id=auto_id)


def timer_facts(viewer: Viewer) -> dict[str, Any] | None:
    """Return the running timer as plain values."""
    timer = rows.timer_of(viewer)
    if timer is None:
        return None
    elapsed = timezone.now() - timer.started_at
    return {
        "started_at": timer.started_at,
        "elapsed": durations.clock(int(elapsed.total_seconds() // 60)),
        "is_forgotten": timer.flagged_at is not None or elapsed > rows.timer_limit(),
        "function": wording.function_name(timer.function, viewer.language),
        "touch": wording.touch_name(timer.touch) if timer.touch else "",
        "account": timer.account,
        "note": timer.note,
    }


def _page(request: Request, week_on: date, *, today: date, typed: dict[str, str]) -> dict[str, Any]:
    viewer = request.viewer
    found = weeks.week_of(viewer, week_on, with_last=request.GET.get("lines") == "last")
    lines = [*found.lines, *_asked_line(request, found)]
    until = week_on + WEEK
    return {
        "week_on": week_on,
        "last_day": until - timedelta(days=1),
        "before": week_on - WEEK,
        "after": until if until <= today else None,
        "is_closed": found.is_closed,
        "may_note": policies.can_note_effort(viewer) and not found.is_closed,
        "may_close": policies.can_close(viewer),
        "may_see_team": policies.can_see_team(viewer),
        "days": [
            {"day": day, "total": durations.clock(found.total_on(place)), "is_today": day == today}
            for place, day in enumerate(found.days)
        ],
        "lines": [_line(line, viewer.language, today=today, typed=typed) for line in lines],
        "total": wording.hours_text(found.total),
        "was": ";".join(
            f"{_name(line, cell.day)}={cell.typed}" for line in lines for cell in line.cells if cell.typed
        ),
        "timer": timer_facts(viewer),
        "timer_form": purpose_form(viewer),
        "line_form": purpose_form(viewer, auto_id="line_%s"),
        "offers": [
            {"item": item, "length": durations.clock(item.offer.minutes)}
            for item in offers.offers_for(viewer, since=week_on, until=until)
        ],
    }  # fmt: skip


def _line(line: Line, language: str, *, today: date, typed: dict[str, str]) -> dict[str, Any]:
    name = wording.function_name(line.function, language)
    parts = [name, wording.touch_name(line.key.touch) if line.key.touch else "", line.account_name]
    cells = []
    for cell in line.cells:
        field = _name(line, cell.day)
        value = durations.clock(cell.typed) if cell.typed else ""
        cells.append(
            {
                "name": field,
                "day": cell.day,
                "value": typed.get(field, value),
                "other": durations.clock(cell.other) if cell.other else "",
                "is_ahead": cell.day > today,
            }
        )
    return {
        "name": name, "sub": "・".join(part for part in parts[1:] if part), "whole": " ".join(filter(None, parts)),
        "account_id": line.key.account_id, "cells": cells, "total": durations.clock(line.total),
    }  # fmt: skip


def _asked_line(request: Request, found: Week) -> list[Line]:
    """Return the empty line that somebody asked for, unless it stands there already."""
    function = next((item for item in rows.functions() if str(item.pk) == request.GET.get("timer-function")), None)
    if function is None:
        return []
    touch = request.GET.get("timer-touch", "")
    account = account_numbered(request.GET.get("timer-account", "")[:120].strip())
    account = account if account and rows.account_named(request.viewer, account.pk) else None
    key = LineKey(function.pk, touch if touch in Touch.values else "", account.pk if account else None)
    if any(line.key == key for line in found.lines):
        return []
    cells = [weeks.Cell(day, 0, 0) for day in found.days]
    return [Line(key=key, function=function, account_name=account.name if account else "", cells=cells)]


def _name(line: Line, day: date) -> str:
    return f"{line.key.word}|{day.isoformat()}"


def _cells(request: Request) -> tuple[Cells, dict[str, str]]:
    """Return what was sent, and what of it is no length of time, by field."""
    shown = dict(part.rpartition("=")[::2] for part in request.POST.get("was", "")[:40_000].split(";") if "=" in part)
    cells: Cells = {}
    wrong = {}
    for name, text in request.POST.items():
        match = CELL.fullmatch(name)
        if match is None:
            continue
        function_id, touch, account_id, day = match.groups()
        text = str(text).strip()
        minutes = durations.minutes_of(text) if text else 0
        if minutes is None or minutes > 24 * 60:
            wrong[name] = str(NOT_A_LENGTH)
            continue
        try:
            key = LineKey(int(function_id), touch, int(account_id) if account_id else None)
            cells[key, date.fromisoformat(day)] = (whole(shown.get(name, "0")) or 0, minutes)
        except ValueError:
            wrong[name] = str(NOT_A_LENGTH)
    return cells, wrong


def _week_on(request: Request, *, today: date) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        return weeks.monday_of(today)
    return weeks.monday_of(min(max(asked, today - timedelta(days=800)), today))
