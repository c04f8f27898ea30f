"""How the answers to many stand, and taking them back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.answering import actions, policies, queries, wording
from kizuna.success.answering.models import AnswerItem
from kizuna.success.answering.queries.batches import state_of
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.inbox import looks

SHOWN = 50


@require_GET
@readers
def batches(request: Request) -> HttpResponse:
    """List what was answered together."""
    rows = list(queries.batches_for(request.viewer)[:SHOWN])
    return render(request, "answering/batches.html", {"rows": [(row, _counts(row)) for row in rows]})


@require_GET
@readers
def batch(request: Request, batch_id: int) -> HttpResponse:
    """Show who got the answer, who did not, and why."""
    found, now = queries.batch_for(request.viewer, batch_id), timezone.now()
    items = queries.items_of(found)
    states = queries.states_of(items)
    context = {
        "batch": found,
        "items": [_item(request, item) for item in items],
        "counts": [(wording.STATES[name][0], wording.STATES[name][1], count) for name, count in states.items()],
        "may_take_back": policies.can_work(request.viewer) and states.get("held", 0) and now < found.send_at,
        "is_moving": bool(states.get("held") or states.get("sending")),
        "was_taken_back": found.taken_back_at is not None,
        "crumbs": [{"label": _("Answered together"), "url": reverse("answering:batches")}],
    }
    return render(request, "answering/batch.html", context)


@require_POST
@workers
def take_back(request: Request, batch_id: int) -> HttpResponse:
    """Take back what is still held."""
    found = queries.batch_for(request.viewer, batch_id)
    try:
        count = actions.take_back_batch(viewer=request.viewer, batch=found, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("answering:batch", found.pk)
    words = ngettext("%(n)d answer was taken back.", "%(n)d answers were taken back.", count)
    messages.success(request, words % {"n": count})
    if found.about_id is None:
        return redirect("answering:batch", found.pk)
    return redirect(f"{reverse('answering:similar', args=[found.about_id])}?batch={found.pk}")


def _item(request: Request, item: AnswerItem) -> dict[str, Any]:
    state = state_of(item)
    word, tone = wording.STATES[state]
    why = str(wording.WHY[item.why]) if item.why else ""
    if item.why == AnswerItem.Why.REFUSED and item.detail:
        why = item.detail
    elif item.detail:
        why = f"{why} {item.detail}"
    if state == "failed" and item.delivery is not None:
        why = item.delivery.error
    return {
        "row": item.inquiry,
        "sender": looks.sender_of(item.inquiry, request.viewer),
        "text": item.text,
        "word": word,
        "tone": tone,
        "why": why,
        "task": item.task,
    }


def _counts(found: Any) -> list[tuple[Any, str, int]]:
    states = queries.states_of(list(found.items.select_related("delivery")))
    return [(*wording.STATES[name], count) for name, count in states.items()]
