"""Start, stop and settle the timer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import actions, wording
from kizuna.success.effort.forms import SettleForm
from kizuna.success.effort.queries.rows import timer_limit
from kizuna.success.effort.views.gates import staff
from kizuna.success.effort.views.week import purpose_form, timer_facts


@staff
@require_POST
def start(request: Request) -> HttpResponse:
    """Start the timer, or switch it over to other work."""
    viewer, now = request.viewer, timezone.now()
    form = purpose_form(viewer, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("effort:week")
    try:
        actions.start_timer(viewer=viewer, work=form.work(day=local_day(now), minutes=1), now=now)
    except actions.Forgotten as forgotten:
        messages.error(request, str(forgotten.reason))
        return redirect("effort:timer-settling")
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The timer is running."))
    return redirect("effort:week")


@staff
@require_POST
def stop(request: Request) -> HttpResponse:
    """Stop the timer and note what it measured."""
    try:
        made = actions.stop_timer(viewer=request.viewer, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("effort:timer-settling")
    if made:
        length = wording.length_text(sum(row.minutes for row in made))
        messages.success(request, _("%(length)s were noted.") % {"length": length})
    else:
        messages.success(request, _("The timer ran less than half a minute, so nothing was noted."))
    return redirect("effort:week")


@staff
@require_http_methods(["GET", "POST"])
def settle(request: Request) -> HttpResponse:
    """Ask how long a forgotten timer's work really was, or throw it away."""
    viewer, now = request.viewer, timezone.now()
    timer = timer_facts(viewer)
    if timer is None:
        return redirect("effort:week")
    is_thrown = request.POST.get("do") == "discard"
    form = SettleForm(request.POST if request.method == "POST" and not is_thrown else None)
    if is_thrown or form.is_valid():
        try:
            minutes = None if is_thrown else form.cleaned_data["minutes"]
            actions.settle_timer(viewer=viewer, minutes=minutes, now=now)
        except Refused as refused:
            form = SettleForm(request.POST)
            form.is_valid()
            form.refuse(refused)
        else:
            messages.success(request, _("The timer was thrown away.") if is_thrown else _("It was noted."))
            return redirect(reverse("effort:week"))
    context = {"form": form, "timer": timer, "limit": int(timer_limit().total_seconds() // 3600)}
    return render(request, "effort/settle.html", context, status=422 if form.errors else 200)
