"""Studio: what the company's directory keeps here, and which role a group of it gives."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.hosting import links
from kizuna.core.identities import actions, queries
from kizuna.core.identities.forms import GroupForm
from kizuna.core.members.gates import owners
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

SHOWN = 100


@owners
@require_GET
def directory(request: Request) -> HttpResponse:
    """Show the address of the service, its groups and the people changed last."""
    people = queries.directory_users()
    context = {
        "address": links.absolute_url("/scim/v2"),
        "groups": [
            {"group": row, "count": count, "form": GroupForm(initial={"role": row.role}, prefix=str(row.pk))}
            for row, count in queries.groups_with_sizes()
        ],
        "people": people.order_by("-changed_at")[:SHOWN],
        "count": people.count(),
        "shown": SHOWN,
    }
    return render(request, "identities/studio_directory.html", context)


@owners
@require_POST
def group(request: Request, group_id: int) -> HttpResponse:
    """Say which role a group gives."""
    found = queries.directory_groups().filter(pk=group_id).first()
    if found is None:
        raise Http404
    form = GroupForm(request.POST, prefix=str(found.pk))
    try:
        if form.is_valid():
            role = form.cleaned_data["role"]
            actions.give_role_by_group(viewer=request.viewer, group=found, role=role, now=timezone.now())
            messages.success(request, _("Saved."))
        else:
            messages.error(request, _("There is no such role."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return redirect("identities:studio-directory")
