"""The search of the desk: a page of its own, and the options of the command palette."""

import re

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kizuna.base.registry import AccountAction, by_name
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import require_sign_in
from kizuna.core.members.requests import Request
from kizuna.success.customers import finding
from kizuna.success.customers.queries import account as reading
from kizuna.success.customers.views.gates import readers

ON_ACCOUNT = re.compile(r"/desk/customers/([0-9]{1,19})/")


@require_GET
def find(request: Request) -> HttpResponse:
    """Find for staff what they may see: each kind asks its own rules, so moderators find pages and no customer."""
    viewer = request.viewer
    require_sign_in(viewer)
    if not viewer.is_staff:
        raise Http404
    text = request.GET.get("q", "")[: finding.LONGEST].strip()
    deed = request.GET.get("then", "")[:20]
    action = by_name(AccountAction, deed) if deed else None
    if deed and (action is None or not action.is_shown(viewer=viewer)):
        raise Http404
    place = ON_ACCOUNT.match(request.GET.get("at", "")[:200])
    here = whole(place.group(1)) if place else None
    found = finding.groups(viewer, text, account_id=here, deed=deed)
    if request.headers.get("HX-Request") == "true":
        return render(request, "customers/_found.html", {"groups": found, "is_list": True})
    title = str(action.label) if action else _("Find on the desk")
    return render(request, "customers/find.html", {"groups": found, "text": text, "deed": deed, "title": title})


@readers
@require_safe
def colleagues(request: Request) -> JsonResponse:
    """Name the colleagues whom a note may name, by what was typed after the @."""
    found = reading.colleagues(request.viewer, request.GET.get("q", "")[:30])
    response = JsonResponse([{"handle": member.handle, "name": member.name} for member in found], safe=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response
