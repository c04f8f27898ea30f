"""Studio: whom a provider lets in, and parting one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.core.audit import actions as audit
from kizuna.core.identities import actions, queries
from kizuna.core.members.gates import owners
from kizuna.core.members.requests import Request

A_PAGE = 50


@owners
@require_GET
def people(request: Request, provider_id: int) -> HttpResponse:
    """List the people of a provider, who came last first."""
    provider = queries.provider_for(provider_id)
    text = request.GET.get("q", "").strip()[:100]
    rows = queries.identities_at(provider, text=text)
    audit.note_viewing(
        actor_id=request.viewer.member_id, page="identities", subject=("provider", provider.pk), now=timezone.now(),
        action="people.listed",
    )  # fmt: skip
    context = {
        "provider": provider,
        "name": queries.name_of(provider, request.viewer.language),
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "text": text,
    }
    return render(request, "identities/studio_people.html", context)


@owners
@require_POST
def part(request: Request, provider_id: int, identity_id: int) -> HttpResponse:
    """Part one company account: the member stays, and may join another one."""
    found = queries.identities_at(queries.provider_for(provider_id)).filter(pk=identity_id).first()
    if found is None:
        raise Http404
    actions.part_identity(viewer=request.viewer, identity=found, now=timezone.now())
    messages.success(request, _("The company account opens this account no more."))
    return redirect("identities:studio-people", provider_id)
