"""Studio: the business hours with the fortnight as it will count, the dues, and what is pressing."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.hours import Hours, add_minutes, day_of, hours_of, is_open, next_opening
from kizuna.base.hours.week import clock
from kizuna.core.community import settings as keys
from kizuna.core.community.hours import business_hours
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused, require_manager
from kizuna.core.members.requests import Request
from kizuna.success.inbox import actions, looks, queries
from kizuna.success.inbox.contact_forms import FormForm
from kizuna.success.inbox.dues import minutes_for
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.studio_forms import HoursForm, PlanRules, RulesForm, plan_initial

DAYS_SHOWN = 14
EITHER = ["GET", "POST"]


@require_http_methods(EITHER)
def hours(request: Request) -> HttpResponse:
    """Show and set the hours; trying shows how the days would count and keeps nothing."""
    require_manager(request.viewer)
    known = business_hours()
    form = HoursForm(request.POST or None, initial=HoursForm.initial_from(known))
    is_trial = False
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data["value"]
        if "try" in request.POST:
            known, is_trial = hours_of(value, zone=setting(keys.TIME_ZONE)), True
        else:
            try:
                actions.set_hours(viewer=request.viewer, value=value, now=timezone.now())
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("inbox:hours")
    context = {
        "form": form,
        "open_count": queries.open_count(),
        "is_trial": is_trial,
        "zone": setting(keys.TIME_ZONE),
        **_as_it_counts(known),
    }
    return render(request, "inbox/studio_hours.html", context, status=422 if form.errors else 200)


@require_http_methods(EITHER)
def rules(request: Request) -> HttpResponse:
    """Show and set the dues and what is pressing."""
    require_manager(request.viewer)
    form = RulesForm(request.POST or None, initial=RulesForm.initial_from())
    plans = PlanRules(request.POST or None, initial=plan_initial(), prefix="plans")
    if request.method == "POST" and form.is_valid() and plans.is_valid():
        own = [item for item in (one.cleaned_data for one in plans) if item.get("plan", "").strip()]
        try:
            actions.set_rules(viewer=request.viewer, values=form.values(own), now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:rules")
    has_errors = bool(form.errors) or (request.method == "POST" and not plans.is_valid())
    context = {"form": form, "plans": plans, "open_count": queries.open_count()}
    return render(request, "inbox/studio_rules.html", context, status=422 if has_errors else 200)


@require_http_methods(EITHER)
def contact_form(request: Request) -> HttpResponse:
    """Show and set how the contact form is."""
    require_manager(request.viewer)
    form = FormForm(request.POST or None, initial=FormForm.initial_from())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_form(viewer=request.viewer, value=form.value(), now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:contact-form")
    return render(request, "inbox/studio_contact.html", {"form": form}, status=422 if form.errors else 200)


def _as_it_counts(known: Hours) -> dict[str, Any]:
    """Return the fortnight, and what would be due if something came in now."""
    now = timezone.now()
    today = now.astimezone(known.zone).date()
    days = [day_of(known, today + timedelta(days=ahead)) for ahead in range(DAYS_SHOWN)]
    whys = {
        "week": "",
        "holiday": _("Holiday"),
        "closing": _("Own closing day"),
        "opening": _("Own opening day"),
    }
    rows = [
        {
            "day": item.day,
            "hours": ", ".join(f"{clock(period.start)}–{clock(period.end)}" for period in item.periods),
            "length": looks.length(sum(period.minutes for period in item.periods)) if item.periods else "",
            "why": whys[item.why],
            "name": item.name,
            "is_today": item.day == today,
        }
        for item in days
    ]
    response, resolution = minutes_for(Inquiry.Priority.NORMAL, [])
    opens = next_opening(known, now)
    return {
        "rows": rows,
        "is_open": is_open(known, now),
        "opens_at": opens,
        "answer_by": add_minutes(known, now, response) if response else None,
        "end_by": add_minutes(known, now, resolution) if resolution else None,
    }
