"""Take a copy: one's own, as a manager somebody's, or by its link."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.members.gates import confirmed
from kizuna.core.members.requests import Request
from kizuna.core.members.views.tabs import account_tabs
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy
from kizuna.core.privacy.queries.copies import copies_visible_to, copy_by_link, copy_for, file_of


@require_http_methods(["GET", "POST"])
@confirmed
def own_copies(request: Request) -> HttpResponse:
    """Show one's own copies and have one made."""
    viewer = request.viewer
    if request.method == "POST":
        actions.ask_for_copy(viewer=viewer, member_id=viewer.own_id, now=timezone.now())
        messages.success(request, _("The copy is being made. It will be here in a moment."))
        return redirect("privacy:own-copies")
    context = {
        "copies": copies_visible_to(viewer).filter(member_id=viewer.own_id, asked_by_id=viewer.own_id)[:10],
        "tabs": account_tabs("members:own-records"),
    }
    return render(request, "privacy/own_copies.html", context)


@require_GET
@confirmed
@never_cache
def own_copy(request: Request, copy_id: int) -> HttpResponseBase:
    """Send a copy to whom it belongs, or to a manager."""
    return _sent(request, copy_for(request.viewer, copy_id, now=timezone.now()))


@require_GET
@never_cache
def linked_copy(request: Request, copy_id: int, key: str) -> HttpResponseBase:
    """Send a copy to whoever was given its link, until it expires."""
    return _sent(request, copy_by_link(copy_id, key, now=timezone.now()))


def _sent(request: Request, copy: PersonCopy) -> HttpResponseBase:
    try:
        file = file_of(copy).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    actions.note_download(copy=copy, viewer=request.viewer, now=timezone.now())
    response = FileResponse(file, as_attachment=True, filename=f"records-{copy.created_at:%Y%m%d}.zip")
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
