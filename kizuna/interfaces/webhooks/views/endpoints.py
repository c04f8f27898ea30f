"""Studio: endpoints. A secret is shown by the answer to making it, and by no other page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.hosting.links import absolute_url
from kizuna.base.web.numbers import whole
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.interfaces.webhooks import actions, queries
from kizuna.interfaces.webhooks.forms import ChatForm, EndpointForm
from kizuna.interfaces.webhooks.models import Delivery, Endpoint
from kizuna.interfaces.webhooks.wording import (
    DELIVERY_STATES,
    DELIVERY_TONES,
    ENDPOINT_STATES,
    ENDPOINT_TONES,
    KINDS,
    WHEN,
    WHY,
)

PAGE = 50


@managers
@require_GET
def endpoints(request: Request) -> HttpResponse:
    """List endpoints with what came of the last days."""
    counts = queries.counts_of(request.viewer, now=timezone.now())
    rows = [{**_shown(row), "counts": counts.get(row.pk, {})} for row in queries.endpoints_visible_to(request.viewer)]
    return render(request, "webhooks/endpoints.html", {"rows": rows})


@managers
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Make an endpoint; the answer shows its secret."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.make_endpoint(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _secret_page(request, made, secret)
    context = {"form": form, "groups": form.groups(), "endpoint": None}
    return render(request, "webhooks/edit.html", context, status=422 if form.errors else 200)


@managers
@require_http_methods(["GET", "POST"])
def new_chat(request: Request) -> HttpResponse:
    """Let a chat of the team hear alerts."""
    form = ChatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_chat(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was saved. Send a test to see whether it arrives."))
            return redirect("webhooks:endpoint", made.pk)
    return render(request, "webhooks/chat.html", {"form": form}, status=422 if form.errors else 200)


@managers
@require_GET
def endpoint(request: Request, endpoint_id: int) -> HttpResponse:
    """Show an endpoint with its delivery log."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    state = request.GET.get("state", "")
    state = state if state in Delivery.State.values else ""
    log = queries.deliveries_visible_to(request.viewer).filter(endpoint=row)
    if state:
        log = log.filter(state=state)
    if (before := whole(request.GET.get("before", ""))) is not None:
        log = log.filter(pk__lt=before)
    found = list(log[: PAGE + 1])
    chosen: dict[str, str | int] = {"state": state} if state else {}
    context = {
        **_shown(row),
        "lines": [shown_delivery(item) for item in found[:PAGE]],
        "filters": _filters(state),
        "state": state,
        "has_failed": state == Delivery.State.FAILED and bool(found),
        "next_url": "?" + urlencode({**chosen, "before": found[PAGE - 1].pk}) if len(found) > PAGE else "",
    }
    return render(request, "webhooks/endpoint.html", context)


@managers
@require_http_methods(["GET", "POST"])
def edit(request: Request, endpoint_id: int) -> HttpResponse:
    """Change address, words and verbs."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    initial = {
        "url": row.url, "description": row.description, "verbs": row.verbs, "when": row.when,
        "urgent_at_once": row.urgent_at_once,
    }  # fmt: skip
    form = EndpointForm(
        request.POST or None, initial=initial, is_chat=row.is_chat, is_slack=row.kind == Endpoint.Kind.SLACK
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_endpoint(
                viewer=request.viewer, endpoint=row, fields=form.cleaned_data, now=timezone.now()
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was saved."))
            return redirect("webhooks:endpoint", row.pk)
    context = {
        "form": form,
        "groups": [] if row.is_chat else form.groups(),
        "endpoint": row,
        "is_others": row.made_by_id != request.viewer.member_id,
    }
    return render(request, "webhooks/edit.html", context, status=422 if form.errors else 200)


@managers
@require_POST
def rotate(request: Request, endpoint_id: int) -> HttpResponse:
    """Make a new secret; the answer shows it."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    row, secret = actions.rotate_secret(viewer=request.viewer, endpoint=row, now=timezone.now())
    return _secret_page(request, row, secret, is_new=False)


@managers
@require_POST
def switch(request: Request, endpoint_id: int) -> HttpResponse:
    """Pause an endpoint or let it go on."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    act = actions.resume if request.POST.get("do") == "resume" else actions.pause
    act(viewer=request.viewer, endpoint=row, now=timezone.now())
    messages.success(request, _("It was saved."))
    return redirect("webhooks:endpoint", row.pk)


@managers
@require_POST
def test(request: Request, endpoint_id: int) -> HttpResponse:
    """Send a message that says only that messages arrive."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    try:
        made = actions.send_test(viewer=request.viewer, endpoint=row, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("webhooks:endpoint", row.pk)
    messages.success(request, _("The test is on its way."))
    return redirect("webhooks:delivery", made.pk)


@managers
@require_http_methods(["GET", "POST"])
def remove(request: Request, endpoint_id: int) -> HttpResponse:
    """Ask, then remove an endpoint with its log."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    if request.method == "POST":
        actions.remove_endpoint(viewer=request.viewer, endpoint=row, now=timezone.now())
        messages.success(request, _("The webhook was removed."))
        return redirect("webhooks:endpoints")
    return render(request, "webhooks/removal.html", _shown(row))


def shown_delivery(row: Delivery) -> dict[str, Any]:
    """Return a line of the log in words."""
    return {"row": row, "word": DELIVERY_STATES[row.state], "tone": DELIVERY_TONES[row.state]}


def _shown(row: Endpoint) -> dict[str, Any]:
    return {
        "endpoint": row,
        "kind": KINDS[row.kind],
        "when": WHEN[row.when] if row.is_chat else "",
        "buttons_url": absolute_url(f"/hooks/slack/{row.key}/") if row.has_buttons else "",
        "word": ENDPOINT_STATES[row.state],
        "tone": ENDPOINT_TONES[row.state],
        "why": WHY.get(row.why, ""),
        "is_rotating": bool(row.before_until and row.before_until > timezone.now()),
    }


def _secret_page(request: Request, row: Endpoint, secret: str, *, is_new: bool = True) -> HttpResponse:
    response = render(request, "webhooks/secret.html", {"endpoint": row, "secret": secret, "is_new": is_new})
    response["Cache-Control"] = "private, no-store"
    return response


def _filters(current: str) -> list[dict[str, Any]]:
    names = {"": _("All"), **DELIVERY_STATES}
    return [
        {"label": label, "url": f"?state={state}" if state else "?", "is_current": state == current}
        for state, label in names.items()
    ]
