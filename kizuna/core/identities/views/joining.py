"""What both ways by a provider end in: its account joined to whoever began this on their own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuna.core.identities import actions, arriving, telling
from kizuna.core.identities.actions.joined import OWN_PAGE
from kizuna.core.identities.arriving import Arrival
from kizuna.core.members import flow
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

BEGUN = "company_begun"  # sign-ins under way, in the browser's session


def joined_to_own(request: Request, arrival: Arrival, *, member_id: int) -> HttpResponse:
    """Join the account to the member who began this, and to nobody else."""
    if request.viewer.member_id != member_id or request.viewer.is_view_as:
        return arriving.turned_away(request, _("Somebody else is signed in here now. Please begin again."))
    flow.settle(request)
    now = timezone.now()
    try:
        identity = actions.join_identity(
            provider=arrival.provider, subject=arrival.subject, member=request.user, how=OWN_PAGE,
            claims=arrival.claims, now=now,
        )  # fmt: skip
    except Refused as refused:
        return _told(request, str(refused.reason), is_good=False)
    actions.note_arrival(identity=identity, claims=arrival.claims, now=now)
    telling.tell_joined(request, request.user, now=now)
    return _told(request, _("Your company account opens this account from now on."), is_good=True)


def _told(request: Request, text: str, *, is_good: bool) -> HttpResponse:
    from_page = reverse("identities:own")
    level = messages.success if is_good else messages.warning
    level(request, text)
    return redirect(from_page)
