"""Studio's look into the ledger of mail: what was sent, what waits and why, and the mails themselves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.members.policies import can_own, require_manager
from kizuna.core.members.requests import Request
from kizuna.core.notifications import actions, queries
from kizuna.core.notifications.models import OutgoingMail

# A mail is shown as a mail program would show it, and can do nothing: no script, no request, no form, no top window.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_GET
def mails(request: Request) -> HttpResponse:
    """List the mails, newest first."""
    require_manager(request.viewer)
    page = queries.mail_page(
        viewer=request.viewer, state=request.GET.get("state", ""), after=request.GET.get("after", "")
    )
    here = reverse("notifications:mails")
    context = {
        "mails": page.items,
        "filters": queries.state_filters(here=here, current=page.state),
        "next_url": f"{here}?state={page.state}&after={page.after}" if page.after else "",
        "problems": queries.mail_problems(),
        "folder": queries.mail_folder(),
        "provider": queries.mail_provider() if can_own(request.viewer) else "",
    }
    return render(request, "notifications/studio_mails.html", context)


@require_GET
def mail(request: Request, mail_id: int) -> HttpResponse:
    """Show one mail: its fate, and its text if this person may read it."""
    require_manager(request.viewer)
    found = _mail_or_404(mail_id)
    is_readable = queries.may_read(found, viewer=request.viewer)
    context: dict[str, Any] = {
        "row": queries.described_mail(found, is_told=is_readable),
        "crumbs": [{"label": pgettext("navigation", "Mail"), "url": reverse("notifications:mails")}],
        "attempts": found.attempts.order_by("number"),
        "is_readable": is_readable,
    }
    return render(request, "notifications/studio_mail.html", context)


@require_GET
@xframe_options_sameorigin
def mail_html(request: Request, mail_id: int) -> HttpResponse:
    """Send the HTML part alone, for the frame on the mail's page."""
    require_manager(request.viewer)
    found = _mail_or_404(mail_id)
    if not found.html or not queries.may_read(found, viewer=request.viewer):
        raise Http404
    response = HttpResponse(found.html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def events_address(request: Request) -> HttpResponse:
    """Show the address at which the mail provider tells of bounces and complaints, or make a new one."""
    if not can_own(request.viewer):
        require_manager(request.viewer)
        raise Http404
    if not queries.mail_provider():
        raise Http404
    if request.method == "POST":
        actions.renew_events_secret(viewer=request.viewer, now=timezone.now())
        messages.success(request, _("There is a new address. The one before does not work any more."))
        return redirect("notifications:events-address")
    context = {
        "address": queries.events_address(),
        "provider": queries.mail_provider(),
        "crumbs": [{"label": pgettext("navigation", "Mail"), "url": reverse("notifications:mails")}],
    }
    return render(request, "notifications/studio_events.html", context)


def _mail_or_404(mail_id: int) -> OutgoingMail:
    found = queries.mail_with_id(mail_id)
    if found is None:
        raise Http404
    return found
