"""One's own pages: who one is at LINE, and in the team's Slack."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused, can_use_desk, require_sign_in
from kizuna.core.members.requests import Request
from kizuna.interfaces.chat import actions, queries, slack

EITHER = ["GET", "POST"]


@require_http_methods(EITHER)
def own_line(request: Request) -> HttpResponse:
    """Show where one is joined at LINE; make a code, or part."""
    require_sign_in(request.viewer)
    code = ""
    joined = queries.lines_of(request.viewer.own_id)
    if request.method == "POST" and (number := whole(request.POST.get("part"))):
        user = next((row for row in joined if row.pk == number), None)
        if user is None:
            raise Http404
        actions.unlink(viewer=request.viewer, user=user)
        messages.success(request, _("Saved."))
        return redirect("chat:own-line")
    if request.method == "POST":
        try:
            code = actions.make_code(viewer=request.viewer, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused.reason))
            return redirect("chat:own-line")
    context = {"joined": joined, "code": code, "is_used": queries.is_line_used()}
    response = render(request, "chat/own_line.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(EITHER)
def own_slack(request: Request) -> HttpResponse:
    """Say that somebody in Slack is oneself, by the ticket that Slack showed; or that they are not any more."""
    require_sign_in(request.viewer)
    if not can_use_desk(request.viewer):
        raise Http404
    ticket = (request.POST.get("ticket") or request.GET.get("ticket", ""))[:800]
    read = slack.read_ticket(ticket) if ticket else None
    if request.method == "POST" and (number := whole(request.POST.get("part"))):
        actions.unlink_slack(viewer=request.viewer, link_id=number)
        messages.success(request, _("Saved."))
        return redirect("chat:own-slack")
    if request.method == "POST" and read is not None:
        team_id, user_id, name = read
        now = timezone.now()
        actions.link_slack(viewer=request.viewer, team_id=team_id, user_id=user_id, name=name, now=now)
        messages.success(request, _("From now on buttons in Slack act as you."))
        return redirect("chat:own-slack")
    context = {
        "asked": read, "ticket": ticket, "is_late": bool(ticket) and read is None,
        "links": queries.slack_links_of(request.viewer.own_id),
    }  # fmt: skip
    response = render(request, "chat/own_slack.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
