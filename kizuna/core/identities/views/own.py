"""A member's own company accounts: joined here, parted here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.core.identities import actions, queries
from kizuna.core.identities.views.company import to_provider
from kizuna.core.members.gates import confirmed, signed_in
from kizuna.core.members.requests import Request
from kizuna.core.members.views.tabs import account_tabs


@signed_in
@require_GET
def own(request: Request) -> HttpResponse:
    """List the company accounts of the viewer, and the providers that could be joined."""
    language = request.viewer.language
    held = queries.identities_of(request.viewer.own_id)
    known = {identity.provider_id for identity in held}
    free = [item for item in queries.providers() if queries.works_by_browser(item) and item.pk not in known]
    context = {
        "lines": [{"identity": row, "name": queries.name_of(row.provider, language)} for row in held],
        "providers": [{"provider": item, "name": queries.name_of(item, language)} for item in free],
        "tabs": account_tabs("mfa_index"),
    }
    return render(request, "identities/own.html", context)


@confirmed
@require_GET
def join(request: Request, slug: str) -> HttpResponse:
    """Go to the provider to join its account to the viewer."""
    provider = queries.open_provider(slug, kind=queries.BY_BROWSER)
    if request.viewer.is_view_as:
        raise Http404
    return to_provider(request, provider, next_url="", member_id=request.viewer.member_id)


@confirmed
@require_POST
def part(request: Request, identity_id: int) -> HttpResponse:
    """Part a company account from the viewer."""
    found = next((row for row in queries.identities_of(request.viewer.own_id) if row.pk == identity_id), None)
    if found is None:
        raise Http404
    actions.part_identity(viewer=request.viewer, identity=found, now=timezone.now())
    messages.success(request, _("The company account opens this account no more."))
    return redirect("identities:own")
