"""Who somebody at LINE is, said by the team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.interfaces.chat import actions, queries
from kizuna.success.customers.queries import finding, visible
from kizuna.success.customers.views.gates import workers
from kizuna.success.inbox.queries import inquiry_for

MOST = 12


@workers
@require_http_methods(["GET", "POST"])
def line_user(request: Request, inquiry_id: int) -> HttpResponse:
    """Choose the person at a customer who asks by LINE, or say that it is not known."""
    inquiry = inquiry_for(request.viewer, inquiry_id)
    user = queries.line_user_for(request.viewer, inquiry)
    if request.method == "POST":
        try:
            if "part" in request.POST:
                actions.unlink(viewer=request.viewer, user=user)
            else:
                contact = visible.contact_for(request.viewer, whole(request.POST.get("contact")) or 0)
                actions.link_contact(viewer=request.viewer, user=user, contact=contact, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused.reason))
            return redirect("chat:line-user", inquiry.pk)
        messages.success(request, _("Saved."))
        return redirect("inbox:inquiry", inquiry.pk)
    text = request.GET.get("q", "")[:80].strip()
    people = finding.people_named(request.viewer, text, limit=MOST) if text else []
    places = finding.places_of([person.pk for person in people])
    context = {
        "inquiry": inquiry, "user": user, "text": text,
        "people": [(person, places.get(person.pk, "")) for person in people],
    }  # fmt: skip
    return render(request, "chat/line_user.html", context)
