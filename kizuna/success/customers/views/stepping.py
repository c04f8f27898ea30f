"""Put a next step of a customer off, and bring it back."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, steps
from kizuna.success.customers.queries import visible
from kizuna.success.customers.views.gates import workers

WEEK = timedelta(days=7)


@workers
@require_POST
def put_off(request: Request, account_id: int) -> HttpResponse:
    """Put the step that the form names off for a week or until its fact is another, or bring it back."""
    viewer, now, key = request.viewer, timezone.now(), request.POST.get("key", "")[:60]
    account, do, today = visible.account_for(viewer, account_id), request.POST.get("do", ""), local_day(now)
    if do == "back":
        actions.bring_step_back(viewer=viewer, account=account, key=key, now=now)
        messages.success(request, _("The step is shown again."))
        return redirect("customers:customer", account.pk)
    found = steps.steps_of(viewer, account, steps.known_of(viewer, account), now=now)
    step = next((step for step in found if step.key == key and key), None)
    if step is None:
        messages.info(request, _("This step is no longer there: its fact is another by now."))
        return redirect("customers:customer", account.pk)
    until = today + WEEK if do == "week" else None
    try:
        actions.put_off_step(viewer=viewer, account=account, step=step, until=until, today=today, now=now)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The step was put off. It can be brought back on this page."))
    return redirect("customers:customer", account.pk)
