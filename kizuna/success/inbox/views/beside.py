"""What a page asks again and again: who else is here, what is held; and the draft that it keeps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers.views.gates import workers
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.views.conversation import beside


@workers
@require_GET
def presence(request: Request, inquiry_id: int) -> HttpResponse:
    """Say who else has the inquiry open, and note that the viewer has."""
    found, now = queries.inquiry_for(request.viewer, inquiry_id), timezone.now()
    actions.note_presence(viewer=request.viewer, inquiry=found, is_writing=False, now=now)
    context = {**beside(request, found, now=now), "inquiry": found}
    answer = render(request, "inbox/_beside.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@workers
@require_POST
def draft(request: Request, inquiry_id: int) -> HttpResponse:
    """Keep what is being written. Whoever writes an answer is seen to write."""
    found, now = queries.inquiry_for(request.viewer, inquiry_id), timezone.now()
    kind, body = request.POST.get("context", "").rpartition(":")[2], request.POST.get("body", "")
    try:
        actions.save_draft(viewer=request.viewer, inquiry=found, kind=kind, body=body, now=now)
    except Refused as refused:
        return HttpResponse(str(refused.reason), status=422, content_type="text/plain; charset=utf-8")
    actions.note_presence(viewer=request.viewer, inquiry=found, is_writing=kind == "reply" and bool(body), now=now)
    return HttpResponse(status=204)
