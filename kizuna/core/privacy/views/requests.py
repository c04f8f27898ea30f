"""Requests about personal data: one's own page, and the team's list and pages."""

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.registry import hidden_from
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.gates import managers, signed_in
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.tabs import account_tabs
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.privacy import actions, policies
from kizuna.core.privacy.forms import (
    AnswerForm,
    AskForm,
    CheckForm,
    ErasureForm,
    ExtensionForm,
    RecordForm,
    SettingsForm,
)
from kizuna.core.privacy.models import PrivacyRequest
from kizuna.core.privacy.queries import requests as queries
from kizuna.core.privacy.queries.copies import link_key
from kizuna.core.privacy.views.report import report_lines
from kizuna.core.privacy.wording import CHANNELS, KINDS, LAWS, STATES, STEPS, TONES

ENDED_SHOWN = 50


@require_http_methods(["GET", "POST"])
@signed_in
def own(request: Request) -> HttpResponse:
    """Show what one asked for, and ask for more."""
    viewer = request.viewer
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(viewer=viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The team has your request. You will be told here and by mail."))
            return redirect("privacy:own-requests")
    mine = queries.requests_visible_to(viewer).filter(member_id=viewer.own_id).order_by("-id")[:20]
    context = {"form": form, "lines": [_line(row) for row in mine], "tabs": account_tabs("members:own-records")}
    return render(request, "privacy/own_requests.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def withdraw(request: Request, request_id: int) -> HttpResponse:
    """Take one's own request back."""
    row = queries.request_for(request.viewer, request_id)
    actions.withdraw(viewer=request.viewer, request=row, now=timezone.now())
    messages.success(request, _("Your request was taken back."))
    return redirect("privacy:own-requests")


@require_http_methods(["GET", "POST"])
@signed_in
def team_list(request: Request) -> HttpResponse:
    """Show what waits, what is due first at the top, and take down what came in another way."""
    viewer = _team(request)
    today = local_day(timezone.now())
    start = {"who": request.GET.get("who", "")[:40], "received_on": today}
    form = RecordForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        who, day = said.pop("who"), said.pop("received_on")
        try:
            row = actions.record_request(
                viewer=viewer, fields=said, received_at=_start_of(day), now=timezone.now(), **who
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The request was taken down."))
            return redirect("privacy:request", row.pk)
    context = {
        "form": form,
        "waiting": [{**_line(row), "days": (row.due_on - today).days} for row in queries.open_requests(viewer)],
        "ended": [_line(row) for row in queries.ended_requests(viewer)[:ENDED_SHOWN]],
        "may_record": policies.can_record(viewer),
    }
    return render(request, "privacy/requests.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def team_page(request: Request, request_id: int) -> HttpResponse:
    """Show one request and do the next thing about it."""
    viewer = _team(request)
    row = queries.request_for(viewer, request_id)
    if request.method == "POST":
        return _acted(request, row)
    return _page(request, row)


@require_GET
@managers
def erasure(request: Request, request_id: int) -> HttpResponse:
    """Show what an erasure removed and what it kept, and why."""
    row = queries.request_for(request.viewer, request_id)
    if row.erasure is None:
        raise Http404
    context = {"row": row, "erasure": row.erasure, "lines": report_lines(row.erasure)}
    return render(request, "privacy/erasure.html", context)


@require_http_methods(["GET", "POST"])
@managers
def settings(request: Request) -> HttpResponse:
    """Set the days for answers and what goes into copies."""
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_values())
    if request.method == "POST" and form.is_valid():
        actions.change_settings(
            viewer=request.viewer,
            appi_days=form.cleaned_data["appi_days"],
            gdpr_days=form.cleaned_data["gdpr_days"],
            disclosure=form.decisions(),
            sender=form.sender(),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("privacy:settings")
    return render(request, "privacy/settings.html", {"form": form}, status=422 if form.errors else 200)


def _acted(request: Request, row: PrivacyRequest) -> HttpResponse:
    """Do what the pressed button says; a refused form comes back with what was typed."""
    viewer, now, what = request.viewer, timezone.now(), request.POST.get("do", "")
    form_types: dict[str, Any] = {
        "check": CheckForm,
        "erase": partial(ErasureForm, name=row.name),
        "extend": ExtensionForm,
        "answer": AnswerForm,
        "refuse": AnswerForm,
    }
    form = form_types[what](request.POST) if what in form_types else None
    deeds: dict[str, Callable[..., Any]] = {
        "check": lambda said: actions.note_check(viewer=viewer, request=row, note=said["note"], now=now),
        "extend": lambda said: actions.extend(viewer=viewer, request=row, now=now, **said),
        "copy": lambda said: actions.attach_copy(viewer=viewer, request=row, now=now),
        "erase": lambda said: actions.carry_out_erasure(viewer=viewer, request=row, now=now),
        "answer": lambda said: actions.answer(viewer=viewer, request=row, text=said["text"], is_refused=False, now=now),
        "refuse": lambda said: actions.answer(viewer=viewer, request=row, text=said["text"], is_refused=True, now=now),
    }
    if what not in deeds:
        return redirect("privacy:request", row.pk)
    if form is None or form.is_valid():
        try:
            deeds[what](form.cleaned_data if form else {})
        except Refused as refused:
            if form is None:
                messages.error(request, str(refused.reason))
                return redirect("privacy:request", row.pk)
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:request", row.pk)
    name = "answer" if what == "refuse" else what
    return _page(request, row, status=422, **{f"{name}_form": form})


def _page(request: Request, row: PrivacyRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    may_handle = policies.can_handle(request.viewer)
    person_url = reverse("members:studio-member", args=[row.member_id]) if row.member_id and may_handle else ""
    hidden = hidden_from(viewer=request.viewer)
    link, is_ready = "", row.copy is not None and row.copy.state == "ready"
    if row.copy is not None and is_ready and may_handle and not hidden:
        link = request.build_absolute_uri(reverse("privacy:linked-copy", args=[row.copy.pk, link_key(row.copy)]))
    context = {
        **_line(row),
        "check_form": CheckForm(),
        "erase_form": ErasureForm(name=row.name),
        "extend_form": ExtensionForm(),
        "answer_form": AnswerForm(),
        **forms,
        "steps": [{"step": step, "what": STEPS[step.what]} for step in row.steps.select_related("by").order_by("id")],
        "may_handle": may_handle and row.is_open,
        "is_linked": bool(row.member_id or row.contact_id),
        "person_url": person_url,
        "contact_url": f"/desk/contacts/{row.contact_id}/" if row.contact_id else "",
        "copy_link": link,
        "is_copy_withheld": is_ready and bool(hidden),
        "address": "" if "contact" in hidden else row.address,
    }
    return render(request, "privacy/request.html", context, status=status)


def _line(row: PrivacyRequest) -> dict[str, Any]:
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "law": LAWS[row.law],
        "channel": CHANNELS[row.channel],
        "state": STATES[row.state],
        "tone": TONES[row.state],
    }


def _team(request: Request) -> Any:
    """Return the viewer, or say that there is no such page."""
    if not queries.is_team(request.viewer):
        raise Http404
    return request.viewer


def _start_of(day: Any) -> datetime:
    """Return the beginning of a day here, and never a moment that is yet to come."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(community.setting(keys.TIME_ZONE)))
