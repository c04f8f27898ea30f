"""Studio: single deliveries with their attempts, and sending again."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.interfaces.webhooks import actions, queries, seeing
from kizuna.interfaces.webhooks.models import Attempt, Delivery
from kizuna.interfaces.webhooks.views.endpoints import shown_delivery
from kizuna.interfaces.webhooks.wording import ERRORS

MOST_HOURS = 24 * 30


@managers
@require_GET
def delivery(request: Request, delivery_id: int) -> HttpResponse:
    """Show what was told, and each attempt."""
    row = queries.delivery_for(request.viewer, delivery_id)
    attempts = queries.attempts_of(row)
    context = {
        **shown_delivery(row),
        "body": seeing.body_for(request.viewer, row),
        "attempts": [_shown(attempt) for attempt in attempts],
        "is_over": row.state in (Delivery.State.DONE, Delivery.State.FAILED),
    }
    response = render(request, "webhooks/delivery.html", context)
    if row.state == Delivery.State.WAITING and not attempts:
        response["Refresh"] = "3"  # without a script
    return response


@managers
@require_POST
def resend(request: Request, delivery_id: int) -> HttpResponse:
    """Send one delivery again."""
    row = queries.delivery_for(request.viewer, delivery_id)
    try:
        actions.resend(viewer=request.viewer, delivery=row, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("It is on its way again."))
    return redirect("webhooks:delivery", row.pk)


@managers
@require_POST
def resend_failed(request: Request, endpoint_id: int) -> HttpResponse:
    """Send everything again that has failed in the last hours."""
    row = queries.endpoint_for(request.viewer, endpoint_id)
    hours = min(whole(request.POST.get("hours", "")) or 24, MOST_HOURS)
    now = timezone.now()
    try:
        count = actions.resend_failed(viewer=request.viewer, endpoint=row, since=now - timedelta(hours=hours), now=now)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        said = ngettext("%(count)d message is on its way again.", "%(count)d messages are on their way again.", count)
        messages.success(request, said % {"count": count})
    return redirect("webhooks:endpoint", row.pk)


def _shown(attempt: Attempt) -> dict[str, Any]:
    is_good = attempt.status is not None and 200 <= attempt.status < 300
    return {"row": attempt, "error": ERRORS.get(attempt.error, attempt.error), "tone": "good" if is_good else "bad"}
