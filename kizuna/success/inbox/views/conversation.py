"""One inquiry: the conversation, what is known, and the forms of what can be done."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kizuna.base.registry import InquiryFacts, InquiryPart, of
from kizuna.core.members.requests import Request
from kizuna.success.customers.views.gates import readers
from kizuna.success.inbox import actions, doors, dues, forms, looks, policies, queries, talk, wording
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryDraft
from kizuna.success.inbox.views.queue import queue_context
from kizuna.success.tasks.queries import is_in_department


@readers
@require_GET
def inquiry(request: Request, inquiry_id: int) -> HttpResponse:
    """Show an inquiry beside the queue."""
    found = queries.inquiry_for(request.viewer, inquiry_id)
    return page(request, found)


def page(request: Request, found: Inquiry, *, status: int = 200, **bound: Any) -> HttpResponse:
    """Draw an inquiry; `bound` are forms that were refused, with what was typed."""
    now, viewer = timezone.now(), request.viewer
    may_work = policies.can_work(viewer)
    if may_work and request.method == "GET":
        actions.note_presence(viewer=viewer, inquiry=found, is_writing=False, now=now)
    context = {
        **queue_context(request, now=now, chosen=found.pk),
        **facts(request, found, now=now),
        **_conversation(request, found, now=now),
        **beside(request, found, now=now),
        "may_work": may_work,
    }
    if may_work:
        context |= _forms(request, found, context["last_message_id"], now=now, **bound)
        context["beside_parts"] = _parts(request, found, now=now)
    return render(request, "inbox/inquiry.html", context, status=status)


def facts(request: Request, found: Inquiry, *, now: datetime) -> dict[str, Any]:
    """Return the head of the page."""
    handovers = queries.handovers_of(found)
    open_one = next((item for item in handovers if item.ended_at is None), None)
    may_answer = policies.can_answer(request.viewer) and (
        policies.can_work(request.viewer) or is_in_department(request.viewer, found.department_id)
    )
    timer = queries.timer_on(request.viewer, found)
    return {
        "inquiry": found,
        "sender_shown": looks.sender_seen(found.sender, request.viewer),
        "channel": wording.CHANNELS[Inquiry.Channel(found.channel)],
        "sender": looks.sender_of(found, request.viewer),
        "because": looks.because_of(found),
        "due": looks.due_of(found, now=now),
        "due_label": _("End due") if found.first_response_at else _("First answer due"),
        "state_word": wording.STATES[Inquiry.State(found.state)],
        "state_note": looks.state_of(found, language=request.viewer.language)[0],
        "priority_word": wording.PRIORITIES[Inquiry.Priority(found.priority)],
        "is_urgent": found.priority == Inquiry.Priority.URGENT,
        "answered_in": _answered_in(found),
        "open_handover": open_one if may_answer else None,
        "handovers": [item for item in handovers if item.ask or item.answer],
        "minutes": looks.length(queries.minutes_on(found)),
        "timer": timer,
        "came_along": [
            fact for part in of(InquiryFacts) for fact in part.read(viewer=request.viewer, inquiry_id=found.pk)
        ],
        "query": urlencode(queries.QueueFilter.of(request.GET).query()),
    }


def beside(request: Request, found: Inquiry, *, now: datetime) -> dict[str, Any]:
    """Return what is looked at again and again: who else is here, and what is still held."""
    held = Delivery.objects.filter(message__inquiry=found, state=Delivery.State.HELD).order_by("send_at")
    return {
        "others": queries.others_here(request.viewer, found, now=now),
        "held": [
            {"pk": item.pk, "left": max(0, round((item.send_at - now).total_seconds()))}
            for item in held.filter(send_at__gt=now)
        ],
    }


def _conversation(request: Request, found: Inquiry, *, now: datetime) -> dict[str, Any]:
    conversation = queries.conversation_of(found)
    return {
        "entries": talk.entries_of(conversation, found, now=now, viewer=request.viewer),
        "last_message_id": conversation.last_message_id,
        "is_cut": conversation.is_cut,
    }


def _forms(request: Request, found: Inquiry, last_id: int, *, now: datetime, **bound: Any) -> dict[str, Any]:
    language = request.viewer.language
    door = None if found.closed_because == Inquiry.Reason.SPAM else doors.door_of(found)
    drafts = queries.drafts_of(request.viewer, found)
    # Without scripts nothing offers a draft: it stands in the field.
    begun = {"seen": last_id, "body": drafts.get(InquiryDraft.Kind.REPLY, "")}
    reply = bound.get("reply") or forms.ReplyForm(initial=begun)
    if door is not None and door.files == "linked":
        reply.say_linked()
    return {
        "has_door": door is not None,
        "takes_files": door is not None and bool(door.files),
        "reply_context": f"inquiry:{found.pk}:reply",
        "note_context": f"inquiry:{found.pk}:note",
        "drafts": drafts,
        "reply_form": reply,
        "note_form": bound.get("note") or forms.NoteForm(),
        "close_form": bound.get("close") or forms.CloseForm(is_answered=found.first_response_at is not None),
        "snooze_form": bound.get("snooze") or forms.SnoozeForm(now=now),
        "handover_form": bound.get("handover") or forms.HandoverForm(language=language),
        "answer_form": bound.get("answer") or forms.HandoverAnswerForm(),
        "minutes_form": bound.get("minutes") or forms.MinutesForm(),
        "people": forms.people(),
        "priorities": [(value, word) for value, word in wording.PRIORITIES.items()],
        "is_overtaken": bool(bound.get("is_overtaken")),
    }


def _parts(request: Request, found: Inquiry, *, now: datetime) -> list[dict[str, Any]]:
    """Return what higher apps show above the answer."""
    shown = ((part.template, part.values(viewer=request.viewer, inquiry=found, now=now)) for part in of(InquiryPart))
    return [{"template": template, "values": values} for template, values in shown if values is not None]


def _answered_in(found: Inquiry) -> str:
    if found.first_response_at is None:
        return ""
    return looks.length(dues.open_minutes(found.received_at, found.first_response_at))
