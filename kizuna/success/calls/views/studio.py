"""Telephone systems in Studio."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.hosting.links import absolute_url
from kizuna.core.community.queries import setting
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.calls import actions, queries, wording
from kizuna.success.calls.forms import DaysForm, SourceChangeForm, SourceForm
from kizuna.success.calls.models import CallSource
from kizuna.success.calls.settings import RECORDING_DAYS


@require_GET
@managers
def sources(request: Request) -> HttpResponse:
    """List the telephone systems."""
    return _list(request, DaysForm(initial={"days": setting(RECORDING_DAYS)}))


@require_POST
@managers
def recordings(request: Request) -> HttpResponse:
    """Say how long links to recordings are kept."""
    form = DaysForm(request.POST)
    if form.is_valid():
        try:
            actions.set_recording_days(viewer=request.viewer, days=form.cleaned_data["days"], now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("calls:sources")
    return _list(request, form, status=422)


@require_http_methods(["GET", "POST"])
@managers
def new_source(request: Request) -> HttpResponse:
    """Add a telephone system; the answer shows its secret, once."""
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.make_source(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _secret_page(request, made, secret)
    context = {"form": form}
    return render(request, "calls/source_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers
def source(request: Request, source_id: int) -> HttpResponse:
    """Show a telephone system with its address; rename it or let it tell nothing."""
    found = queries.source_for(request.viewer, source_id)
    form = SourceChangeForm(request.POST or None, initial={"name": found.name, "is_active": found.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_source(viewer=request.viewer, source=found, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("calls:source", found.pk)
    context = {**_shown(found), "form": form}
    return render(request, "calls/source.html", context, status=422 if form.errors else 200)


@require_POST
@managers
def rotate(request: Request, source_id: int) -> HttpResponse:
    """Give a telephone system another secret; the answer shows it, once."""
    found = queries.source_for(request.viewer, source_id)
    token = request.POST.get("token", "")[:80]
    try:
        found, secret = actions.rotate_secret(viewer=request.viewer, source=found, token=token, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("calls:source", found.pk)
    return _secret_page(request, found, secret, is_new=False)


@require_http_methods(["GET", "POST"])
@managers
def remove(request: Request, source_id: int) -> HttpResponse:
    """Ask, then remove a telephone system."""
    found = queries.source_for(request.viewer, source_id)
    if request.method == "POST":
        actions.remove_source(viewer=request.viewer, source=found, now=timezone.now())
        messages.success(request, _("The telephone system was removed."))
        return redirect("calls:sources")
    return render(request, "calls/source_removal.html", _shown(found))


def address_of(source: CallSource) -> str:
    """Return where a telephone system sends what it tells."""
    place = "calls/twilio" if source.kind == CallSource.Kind.TWILIO else "calls"
    return absolute_url(f"/hooks/{place}/{source.key}/")


def _list(request: Request, form: DaysForm, *, status: int = 200) -> HttpResponse:
    rows = [_shown(row) for row in queries.sources_for(request.viewer)]
    return render(request, "calls/sources.html", {"rows": rows, "form": form}, status=status)


def _shown(source: CallSource) -> dict[str, Any]:
    now = timezone.now()
    return {
        "source": source,
        "kind": wording.KINDS[CallSource.Kind(source.kind)],
        "address": address_of(source),
        "count": queries.events_since(source, since=now - timedelta(days=1)),
        "is_rotating": bool(source.before_until and source.before_until > now),
        "is_twilio": source.kind == CallSource.Kind.TWILIO,
    }


def _secret_page(request: Request, source: CallSource, secret: str, *, is_new: bool = True) -> HttpResponse:
    if not secret:
        messages.success(request, _("Saved."))
        return redirect("calls:source", source.pk)
    response = render(request, "calls/secret.html", {**_shown(source), "secret": secret, "is_new": is_new})
    response["Cache-Control"] = "private, no-store"
    return response
