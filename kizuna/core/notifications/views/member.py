"""A member's list of notifications and what they choose to be told."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import require_sign_in
from kizuna.core.members.requests import Request
from kizuna.core.notifications import actions, queries
from kizuna.core.notifications.forms import LevelsForm

UNREAD = "unread"


@require_GET
def show_list(request: Request) -> HttpResponse:
    """List what the member was told, newest first."""
    viewer = request.viewer
    require_sign_in(viewer)
    unread_only = request.GET.get("filter") == UNREAD
    page = queries.notice_page(viewer=viewer, unread_only=unread_only, after=request.GET.get("after", ""))
    unread = queries.unread_count(viewer)
    here = reverse("notifications:list")
    filters = [
        {"label": _("All"), "url": here, "is_current": not unread_only},
        {
            "label": _("Unread"),
            "url": f"{here}?filter={UNREAD}",
            "is_current": unread_only,
            "count": unread,
            "new": True,
        },
    ]
    context = {
        "items": page.items,
        "filters": filters,
        "unread": unread,
        "unread_only": unread_only,
        "next_url": _next_url(here, unread_only, page.after),
    }
    return render(request, "notifications/list.html", context)


@require_GET
def open_one(request: Request, notification_id: int) -> HttpResponse:
    """Lead to what a line tells of, and mark it read on the way."""
    viewer = request.viewer
    require_sign_in(viewer)
    row = get_object_or_404(queries.notices_visible_to(viewer), pk=notification_id)
    url = queries.url_for(row, viewer=viewer)
    actions.mark_read(viewer=viewer, ids=[row.pk])
    return HttpResponseRedirect(url)


@require_POST
def read(request: Request) -> HttpResponse:
    """Mark read: the lines named by `id`, a group, or all with `all`. Says so and offers to take it back."""
    viewer = request.viewer
    require_sign_in(viewer)
    ids = [number for given in request.POST.getlist("id") if (number := whole(given)) is not None]
    group = request.POST.get("group") or None
    if "all" in request.POST:
        number, at = actions.mark_read(viewer=viewer)
    else:
        number, at = actions.mark_read(viewer=viewer, ids=None if group and not ids else ids, group_key=group)
    if number:
        said = ngettext("%(number)d notification is marked read.", "%(number)d notifications are marked read.", number)
        undo = f"undo:{reverse('notifications:unread')} read_at={at.isoformat()}"
        messages.success(request, said % {"number": number}, extra_tags=undo)
    return _back(request)


@require_POST
def unread(request: Request) -> HttpResponse:
    """Take back what was marked read at one moment."""
    require_sign_in(request.viewer)
    try:
        read_at = parse_datetime(request.POST.get("read_at", ""))
    except ValueError:
        read_at = None
    if read_at is not None and read_at.tzinfo is not None:
        actions.mark_unread(viewer=request.viewer, read_at=read_at)
    return _back(request)


@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """Show and keep what the member wants to be told, and how."""
    viewer = request.viewer
    require_sign_in(viewer)
    if "resume" in request.POST:
        actions.resume_mail(viewer=viewer, now=timezone.now())
        messages.success(request, _("Mail goes to you again."))
        return redirect("notifications:settings")
    form = LevelsForm(request.POST or None, choices=queries.choices_of(viewer))
    if form.is_valid():
        actions.choose_levels(viewer=viewer, levels=form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:settings")
    return render(
        request,
        "notifications/settings.html",
        {"form": form, "stop": queries.own_stop(viewer.own_id)},
        status=422 if form.errors else 200,
    )


@require_GET
def counts(request: Request) -> JsonResponse:
    """Send how much is unread, for pages that ask while they are open."""
    response = JsonResponse({"notifications": queries.unread_count(request.viewer)})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _next_url(here: str, unread_only: bool, after: str) -> str:
    if not after:
        return ""
    return f"{here}?{urlencode({**({'filter': UNREAD} if unread_only else {}), 'after': after})}"


def _back(request: Request) -> HttpResponse:
    here = reverse("notifications:list")
    return HttpResponseRedirect(f"{here}?filter={UNREAD}" if request.POST.get("filter") == UNREAD else here)
