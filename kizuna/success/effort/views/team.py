"""The team's hours, closing weeks, and the functions of work."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Account
from kizuna.success.effort import actions, durations, policies, wording
from kizuna.success.effort.forms import FunctionForm, TimerHoursForm
from kizuna.success.effort.models import EffortFunction
from kizuna.success.effort.queries import rows as reading
from kizuna.success.effort.queries import sums, weeks
from kizuna.success.effort.queries.rows import WITHOUT_TOUCH, RowFilter
from kizuna.success.effort.views.gates import closers, team_readers

WEEKS_SHOWN = 8


@team_readers
@require_GET
def team(request: Request) -> HttpResponse:
    """Show the sums of the team over some days."""
    viewer, today = request.viewer, local_day(timezone.now())
    wanted = RowFilter.of(request.GET, today=today, days=28).but(function="", touch="", how="", account=None, member="")
    found = sums.team_sums(viewer, wanted)
    context = {
        "wanted": wanted,
        "found": found,
        "total": wording.hours_text(found.minutes),
        "tables": _tables(request, found, wanted),
        "query": urlencode(wanted.query()),
        "weeks": [
            {"week_on": day, "last_day": day + timedelta(days=6), "is_closed": is_closed, "change": change}
            for day, is_closed, change in weeks.weeks_before(today, count=WEEKS_SHOWN)
        ],
        "may_close": policies.can_close(viewer),
    }
    return render(request, "effort/team.html", context)


@closers
@require_POST
def close(request: Request) -> HttpResponse:
    """Close a week for everybody."""
    return _week_done(request, reason=None)


@closers
@require_POST
def reopen(request: Request) -> HttpResponse:
    """Open a closed week again."""
    return _week_done(request, reason=request.POST.get("reason", "")[:1000])


@closers
@require_http_methods(["GET", "POST"])
def functions(request: Request) -> HttpResponse:
    """List the functions, add one, rename one."""
    form = FunctionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        label = {"ja": data["label_ja"], "en": data["label_en"]}
        try:
            actions.define_function(viewer=request.viewer, slug=data["slug"], label=label, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The function was saved."))
            return redirect("effort:functions")
    hours = int(reading.timer_limit().total_seconds() // 3600)
    context = {
        "functions": reading.functions(with_retired=True),
        "form": form,
        "hours_form": TimerHoursForm(initial={"hours": hours}),
    }
    return render(request, "effort/functions.html", context, status=422 if form.errors else 200)


@closers
@require_POST
def retire(request: Request, function_id: int) -> HttpResponse:
    """Take a function out of the choices, or put it back."""
    function = EffortFunction.objects.filter(pk=function_id).first()
    if function is None:
        raise Http404
    try:
        actions.retire_function(
            viewer=request.viewer, function=function, is_retired=request.POST.get("do") != "restore", now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The function was saved."))
    return redirect("effort:functions")


@closers
@require_POST
def timer_hours(request: Request) -> HttpResponse:
    """Say after how many hours a timer counts as forgotten."""
    form = TimerHoursForm(request.POST)
    if form.is_valid():
        actions.set_timer_hours(viewer=request.viewer, hours=form.cleaned_data["hours"], now=timezone.now())
        messages.success(request, _("It was saved."))
    else:
        messages.error(request, _("Please enter a whole number in the allowed range."))
    return redirect("effort:functions")


def _week_done(request: Request, *, reason: str | None) -> HttpResponse:
    now = timezone.now()
    try:
        week_on = date.fromisoformat(request.POST.get("week", ""))
        if reason is None:
            actions.close_week(viewer=request.viewer, week_on=week_on, now=now)
        else:
            actions.reopen_week(viewer=request.viewer, week_on=week_on, reason=reason, now=now)
    except ValueError:
        messages.error(request, _("Please choose a week."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The week was closed.") if reason is None else _("The week is open again."))
    return redirect("effort:team")


def _tables(request: Request, found: sums.TeamSums, wanted: RowFilter) -> list[dict[str, Any]]:
    """Return each dimension as lines with their share, each leading to its rows."""
    language = request.viewer.language
    names = {item.pk: item for item in reading.functions(with_retired=True)}
    people = Member.objects.in_bulk([share.value for share in found.by_person if share.value])

    def lines(shares: list[sums.Share], name: Any, query: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": name(share.value),
                "hours": durations.hours(share.minutes),
                "count": share.count,
                "percent": round(share.minutes * 100 / found.minutes) if found.minutes else 0,
                "url": urlencode({**wanted.query(), **query(share.value)}),
            }
            for share in shares
        ]

    tables = [
        (_("By function"), _("What kind of work it was."),
         lines(found.by_function, lambda pk: wording.function_name(names[pk], language), lambda pk: {"function": names[pk].slug})),
        (_("By kind of touch"), _("As the person stated it; rows that state none are shown apart."),
         lines(found.by_touch, wording.touch_name, lambda touch: {"touch": touch or WITHOUT_TOUCH})),
        (_("How it was noted"), _("Measured by timer, typed by hand, or read off a call or note: never mixed."),
         lines(found.by_how, lambda how: wording.HOWS[how], lambda how: {"how": how})),
        (_("Customers with the most hours"), _("Rows that name a customer; accounts merged into one count as one."),
         lines(found.by_account, _account_name, lambda item: {"account": item.pk if isinstance(item, Account) else item})),
        (_("By person"), _("Only owners and admins see this."),
         lines(found.by_person, lambda pk: people[pk].name if pk in people else pgettext("effort", "Erased"),
               lambda pk: {"member": people[pk].handle if pk in people else ""})),
    ]  # fmt: skip
    return [{"title": title, "meaning": meaning, "lines": rows} for title, meaning, rows in tables if rows]


def _account_name(item: Any) -> str:
    return item.name if isinstance(item, Account) else f"#{item}"
