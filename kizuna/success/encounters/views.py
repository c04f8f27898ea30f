"""Encounters on the desk: written down, read, changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers.queries import visible
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.customers.views.saving import saved
from kizuna.success.encounters import actions, policies, queries, wording
from kizuna.success.encounters.forms import EncounterForm
from kizuna.success.encounters.models import Encounter

EITHER = ["GET", "POST"]


@workers
@require_http_methods(EITHER)
def new_encounter(request: Request) -> HttpResponse:
    """Write down a call, a meeting or a mail with the customer whom the address names."""
    chosen = whole(request.GET.get("account"))
    if chosen is None:
        return redirect(f"{reverse('customers:find')}?then=encounter")
    account = visible.account_for(request.viewer, chosen)
    initial = {
        "kind": Encounter.Kind.CALL,
        "at": timezone.localtime(),
        "members": [str(request.viewer.member_id)],
    }  # fmt: skip
    form = EncounterForm(request.POST or None, account=account, initial=initial)
    back = reverse("customers:timeline", args=[account.pk])

    def act() -> str:
        actions.log_encounter(viewer=request.viewer, account=account, fields=form.values(), now=timezone.now())
        return back

    title = _("Log a call, meeting or mail")
    return saved(request, form, act=act, title=title, back=back, done=_("It was written down."), note=account.name)


@readers
@require_GET
def encounter(request: Request, encounter_id: int) -> HttpResponse:
    """Show an encounter: who took part, what was said, what it was before."""
    found = queries.encounter_for(request.viewer, encounter_id)
    kind = Encounter.Kind(found.kind)
    context = {
        "encounter": found,
        "kind": wording.KINDS[kind],
        "icon": wording.ICONS[kind],
        "direction": "" if kind == Encounter.Kind.MEETING else wording.DIRECTIONS[Encounter.Direction(found.direction)],
        "length": wording.length(found.minutes),
        "people": wording.people_of(found),
        "versions": queries.versions_of(found),
        "may_change": policies.can_change(request.viewer, found),
    }
    return render(request, "encounters/encounter.html", context)


@workers
@require_http_methods(EITHER)
def edit_encounter(request: Request, encounter_id: int) -> HttpResponse:
    """Change what is written of an encounter."""
    found = queries.encounter_for(request.viewer, encounter_id)
    form = EncounterForm(request.POST or None, account=found.account, initial=EncounterForm.initial_from(found))
    back = reverse("encounters:encounter", args=[found.pk])

    def act() -> str:
        actions.edit_encounter(
            viewer=request.viewer,
            encounter=found,
            fields=form.values(),
            now=timezone.now(),
            opened=Opened.read(request.POST),
        )
        return back

    def standing() -> Standing:
        now = queries.encounter_for(request.viewer, encounter_id)
        return Standing(EncounterForm.initial_from(now), queries.encounter_opened(now))

    words = {"title": found.title, "back": back, "note": found.account.name}
    return saved(request, form, act=act, done=_("Saved."), standing=standing, **words)


@workers
@require_POST
def remove_encounter(request: Request, encounter_id: int) -> HttpResponse:
    """Take an encounter out of sight."""
    found = queries.encounter_for(request.viewer, encounter_id)
    try:
        actions.remove_encounter(viewer=request.viewer, encounter=found, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("It was removed."))
    return redirect("customers:timeline", found.account_id)
