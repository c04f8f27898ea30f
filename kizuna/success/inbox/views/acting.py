"""What can be done with an inquiry: each is one form, one action, and back to the page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.files.attaching import with_files
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.effort import actions as effort
from kizuna.success.inbox import actions, forms, queries
from kizuna.success.inbox.models import Delivery, Inquiry
from kizuna.success.inbox.views.conversation import page


@workers
@require_POST
def reply(request: Request, inquiry_id: int) -> HttpResponse:
    """Send an answer; it can be taken back for half a minute."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    form = forms.ReplyForm(**with_files(request))
    if form.is_valid():
        try:
            actions.send_reply(viewer=request.viewer, inquiry=found, now=timezone.now(), **form.values())
        except Refused as refused:
            form.refuse(refused)
            return page(request, found, status=422, reply=form, is_overtaken=refused.code == "overtaken")
        messages.success(request, _("The answer will be sent in 30 seconds. Until then it can be taken back."))
        return _back(request, found)
    return page(request, found, status=422, reply=form)


@workers
@require_POST
def note(request: Request, inquiry_id: int) -> HttpResponse:
    """Write a note for colleagues."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    form = forms.NoteForm(request.POST)
    if form.is_valid():
        try:
            body = form.cleaned_data["body"]
            actions.add_note(viewer=request.viewer, inquiry=found, body=body, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The note was written."))
            return _back(request, found)
    return page(request, found, status=422, note=form)


@workers
@require_POST
def undo(request: Request, inquiry_id: int, delivery_id: int) -> HttpResponse:
    """Take an answer back, or send one again that could not be sent."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    delivery = Delivery.objects.filter(pk=delivery_id, message__inquiry=found).first()
    if delivery is None:
        raise Http404
    if "again" in request.POST:
        return _acted(request, found, lambda now: _send_again(request, delivery, now), _("It will be sent again."))
    done = _("The answer was taken back. Its text is in the field again.")
    return _acted(
        request, found, lambda now: actions.take_back(viewer=request.viewer, delivery=delivery, now=now), done
    )


@workers
@require_POST
def owner(request: Request, inquiry_id: int) -> HttpResponse:
    """Give an inquiry to somebody."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    chosen = request.viewer.member_id if "mine" in request.POST else whole(request.POST.get("owner"))
    return _acted(
        request,
        found,
        lambda now: actions.assign(viewer=request.viewer, inquiry=found, owner_id=chosen, now=now),
        _("Saved."),
    )


@workers
@require_POST
def priority(request: Request, inquiry_id: int) -> HttpResponse:
    """Say how pressing it is."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    chosen = request.POST.get("priority", "")[:20]
    return _acted(
        request,
        found,
        lambda now: actions.prioritise(viewer=request.viewer, inquiry=found, priority=chosen, now=now),
        _("Saved. The dues follow the priority."),
    )


@workers
@require_POST
def snooze(request: Request, inquiry_id: int) -> HttpResponse:
    """Put an inquiry off, bring it back, or wait for the customer."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    if "wake" in request.POST:
        act: Callable[[Any], Any] = lambda now: actions.wake(viewer=request.viewer, inquiry=found, now=now)  # noqa: E731
        return _acted(request, found, act, _("It is open again."))
    if "wait" in request.POST:
        act = lambda now: actions.wait(viewer=request.viewer, inquiry=found, now=now)  # noqa: E731
        return _acted(request, found, act, _("It waits for the customer."))
    form = forms.SnoozeForm(request.POST, now=timezone.now())
    if not form.is_valid():
        return page(request, found, status=422, snooze=form)
    until = form.moment()
    return _acted(
        request,
        found,
        lambda now: actions.snooze(viewer=request.viewer, inquiry=found, until=until, now=now),
        _("It was put off and comes back by itself."),
    )


@workers
@require_POST
def closure(request: Request, inquiry_id: int) -> HttpResponse:
    """Close an inquiry with an answer or a reason, or open it again."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    if "reopen" in request.POST:
        act: Callable[[Any], Any] = lambda now: actions.reopen_inquiry(viewer=request.viewer, inquiry=found, now=now)  # noqa: E731
        return _acted(request, found, act, _("It is open again."))
    form = forms.CloseForm(request.POST, is_answered=found.first_response_at is not None)
    if form.is_valid():
        try:
            actions.close_inquiry(
                viewer=request.viewer,
                inquiry=found,
                because=form.cleaned_data["because"],
                same_as=form.cleaned_data["same_as"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was closed."))
            return _back(request, found)
    return page(request, found, status=422, close=form)


@workers
@require_POST
def handover(request: Request, inquiry_id: int) -> HttpResponse:
    """Hand an inquiry to a department, or take it back."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    if "take_back" in request.POST:
        act: Callable[[Any], Any] = lambda now: actions.take_inquiry_back(  # noqa: E731
            viewer=request.viewer, inquiry=found, now=now
        )
        return _acted(request, found, act, _("It was taken back."))
    form = forms.HandoverForm(request.POST, language=request.viewer.language)
    if form.is_valid():
        clean = form.cleaned_data
        try:
            actions.hand_over(
                viewer=request.viewer,
                inquiry=found,
                department=form.known[clean["department"]],
                ask=clean["ask"],
                back_by=clean["back_by"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was handed over. Its dues go on."))
            return _back(request, found)
    return page(request, found, status=422, handover=form)


@readers
@require_POST
def handover_answer(request: Request, inquiry_id: int) -> HttpResponse:
    """Answer what a department was asked."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    answer = request.POST.get("answer", "")
    return _acted(
        request,
        found,
        lambda now: actions.answer_handover(viewer=request.viewer, inquiry=found, answer=answer, now=now),
        _("It went back to its owner with your answer."),
    )


@workers
@require_POST
def work(request: Request, inquiry_id: int) -> HttpResponse:
    """Start or stop the timer for an inquiry, or note minutes by hand."""
    found, viewer = queries.inquiry_for(request.viewer, inquiry_id), request.viewer
    if "start" in request.POST:
        act: Callable[[Any], Any] = lambda now: actions.start_timer(viewer=viewer, inquiry=found, now=now)  # noqa: E731
        return _acted(request, found, act, _("The timer is running."))
    if "stop" in request.POST:
        act = lambda now: effort.stop_timer(viewer=viewer, now=now)  # noqa: E731
        return _acted(request, found, act, _("The timer was stopped and its time noted."))
    form = forms.MinutesForm(request.POST)
    if not form.is_valid():
        return page(request, found, status=422, minutes=form)
    minutes = form.cleaned_data["minutes"]
    return _acted(
        request,
        found,
        lambda now: actions.note_minutes(viewer=viewer, inquiry=found, minutes=minutes, now=now),
        _("It was noted."),
    )


def _send_again(request: Request, delivery: Delivery, now: Any) -> None:
    actions.send_again(viewer=request.viewer, delivery=delivery, now=now)


def _acted(request: Request, found: Inquiry, act: Callable[[Any], Any], done: str) -> HttpResponse:
    try:
        act(timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, done)
    return _back(request, found)


def _back(request: Request, found: Inquiry) -> HttpResponse:
    query = urlencode(queries.QueueFilter.of(request.GET).query())
    return redirect(reverse("inbox:inquiry", args=[found.pk]) + (f"?{query}" if query else ""))
