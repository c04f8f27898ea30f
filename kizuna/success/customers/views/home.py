"""The first page of the desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kizuna.base.registry import DeskPart, of
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import policies, wording
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries.today import today_of
from kizuna.success.customers.views.gates import readers


@readers
@require_GET
def home(request: Request) -> HttpResponse:
    """Show what needs the viewer today."""
    now = timezone.now()
    today = local_day(now)
    found = today_of(request.viewer, now=now, today=today)

    def due(account: Account, day: str) -> dict:
        return {"account": account, "left": wording.days_left(getattr(account, day), today=today)}

    parts = [
        {"template": part.template, "values": values}
        for part in of(DeskPart)
        if (values := part.values(viewer=request.viewer, now=now)) is not None
    ]
    waiting = (found.notices, found.reviews, found.quiet, found.questions, found.mentions, parts)
    context = {
        "found": found,
        "notices": [due(account, "notice_by") for account in found.notices],
        "reviews": [due(account, "next_review_on") for account in found.reviews],
        "parts": parts,
        "may_work": policies.can_work(request.viewer),
        "is_quiet_day": not any(waiting),
    }
    return render(request, "customers/home.html", context)
