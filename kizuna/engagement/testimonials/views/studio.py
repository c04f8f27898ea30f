"""Studio: ask members, approve what they gave."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.testimonials import actions, queries, wording
from kizuna.engagement.testimonials.forms import AskForm


@managers
@require_http_methods(["GET", "POST"])
def overview(request: Request) -> HttpResponse:
    """List what was given, and ask a member."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.ask_member(viewer=request.viewer, member=said["member"], note=said["note"], now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The member was asked."))
            return redirect("testimonials:studio")
    places = wording.place_names()
    rows = [
        {"row": row, "places": [places[place] for place in wording.PLACES if getattr(row, place)]}
        for row in queries.for_managers(request.viewer)
    ]
    context = {"form": form, "rows": rows}
    return render(request, "testimonials/studio.html", context, status=422 if form.errors else 200)


@managers
@require_POST
def decide(request: Request, testimonial_id: int) -> HttpResponse:
    """Approve what was given, or do not take it."""
    row = queries.for_manager(request.viewer, testimonial_id)
    is_approved = request.POST.get("do") == "approve"
    try:
        actions.decide(viewer=request.viewer, testimonial=row, is_approved=is_approved, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("It is shown now.") if is_approved else _("It is not shown."))
    return redirect("testimonials:studio")
