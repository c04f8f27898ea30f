"""Studio: which roles see which fields of customers."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.registry import FieldGroup, of
from kizuna.core.community import queries as community
from kizuna.core.members.gates import signed_in
from kizuna.core.members.models import Member, RoleGrant
from kizuna.core.members.policies import can_own, require
from kizuna.core.members.requests import Request
from kizuna.core.members.wording import ROLE_NAMES
from kizuna.success.customers import actions, seeing


@signed_in
@require_http_methods(["GET", "POST"])
def visibility(request: Request) -> HttpResponse:
    """Show which role sees which group of fields, and take another choice: a box that is not ticked hides."""
    require(can_own(request.viewer), _("Only owners may do this."))
    if request.method == "POST":
        shown = set(request.POST.getlist("see"))
        hidden = {role: [name for name in seeing.FIELDS if f"{role}:{name}" not in shown] for role in seeing.ROLES}
        changed = actions.hide_fields(viewer=request.viewer, hidden=hidden, now=timezone.now())
        messages.success(request, _("Saved. It holds from now on.") if changed else _("Nothing was changed."))
        return redirect("customers:visibility")
    context = {"groups": of(FieldGroup), "roles": [_role(row) for row in _roles()]}
    return render(request, "customers/visibility.html", context)


def _roles() -> list[dict[str, Any]]:
    """Return each role with the number of people who hold it."""
    active = RoleGrant.objects.filter(role__in=seeing.ROLES, member__state=Member.State.ACTIVE, member__is_system=False)
    counts = dict(active.order_by().values_list("role").annotate(Count("pk")))
    return [{"role": role, "count": counts.get(role, 0)} for role in seeing.ROLES]


def _role(row: dict[str, Any]) -> dict[str, Any]:
    role, hidden = row["role"], community.setting(seeing.HIDDEN)
    boxes = [
        {
            "value": f"{role}:{group.name}",
            "is_seen": group.name not in hidden.get(role, ()),
            "label": _("%(role)s sees %(group)s") % {"role": ROLE_NAMES[role], "group": group.label},
        }
        for group in of(FieldGroup)
    ]
    return {**row, "name": ROLE_NAMES[role], "boxes": boxes}
