"""A member's own words: give, see where they stand, take back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.gates import signed_in
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.testimonials import actions, queries, wording
from kizuna.engagement.testimonials.forms import WordsForm
from kizuna.engagement.testimonials.models import Testimonial


@signed_in
@require_http_methods(["GET", "POST"])
def own(request: Request) -> HttpResponse:
    """List one's words, and give some."""
    viewer = request.viewer
    number = whole(request.GET.get("asked", ""))
    rows = queries.own(viewer)
    open_rows = [row for row in rows if row.state == Testimonial.State.ASKED]
    asked = next((row for row in open_rows if row.pk == number), open_rows[0] if open_rows else None)
    initial = {"shown_name": request.user.name, "shown_company": request.user.company}
    form = WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give(viewer=viewer, words=form.words(), asked=asked, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Thank you. The team looks at it before anybody sees it."))
            return redirect("testimonials:own")
    places = wording.place_names()
    shown = [
        {"row": row, "places": [places[place] for place in wording.PLACES if getattr(row, place)]}
        for row in rows
        if row.state != Testimonial.State.ASKED
    ]
    context = {"form": form, "rows": shown, "asked": asked}
    return render(request, "testimonials/own.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw(request: Request, testimonial_id: int) -> HttpResponse:
    """Take one's words back."""
    row = queries.own_for(request.viewer, testimonial_id)
    actions.withdraw(viewer=request.viewer, testimonial=row, now=timezone.now())
    messages.success(request, _("Your words were taken back. They stand nowhere any more."))
    return redirect("testimonials:own")
