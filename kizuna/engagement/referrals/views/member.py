"""The link's door, and a member's own page."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.community.settings import in_language
from kizuna.core.members import limits
from kizuna.core.members.flow import CAME_BY
from kizuna.core.members.gates import signed_in
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.referrals import actions, queries
from kizuna.engagement.referrals.actions import CODE
from kizuna.engagement.referrals.settings import SHARE_TEXT

KEPT = timedelta(days=14)
STATES = {"active", "waiting", "taking_part", "gone"}


@never_cache
@require_GET
def link(request: Request, code: str) -> HttpResponse:
    """Lead to joining, and remember the code. A code that exists and one that does not are answered alike."""
    if request.viewer.is_member:
        return redirect("/")
    now = timezone.now()
    limits.require_invitation_look(request, now=now)
    response = redirect("account_signup")
    if not CODE.fullmatch(code):
        return response
    if request.COOKIES.get(CAME_BY) != code:
        actions.count_visit(code=code, now=now)
    response.set_cookie(
        CAME_BY, code, max_age=int(KEPT.total_seconds()), httponly=True, samesite="Lax", secure=settings.IS_HTTPS
    )
    return response


@signed_in
@require_GET
def own(request: Request) -> HttpResponse:
    """Show one's link, what to share, and what became of it."""
    viewer = request.viewer
    found = queries.own(viewer)
    address = links.absolute_url(f"/r/{found.link.code}/") if found.link else ""
    words = in_language(community.setting(SHARE_TEXT), viewer.language)
    context = {
        "is_on": queries.is_on() and (found.link is None or found.link.is_on),
        "found": found,
        "address": address,
        "share_text": words.replace("{link}", address).replace("{community}", community.name(viewer.language)),
        "referral": queries.referral_of(viewer.own_id),
    }
    return render(request, "referrals/own.html", context)


@signed_in
@require_POST
def make_link(request: Request) -> HttpResponse:
    """Make the link, or renew it."""
    try:
        actions.make_link(viewer=request.viewer, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Your link is ready. Earlier ones lead nowhere any more."))
    return redirect("referrals:own")


@signed_in
@require_POST
def decide_name(request: Request) -> HttpResponse:
    """Say whether one's referrer may know one's name."""
    shows = request.POST.get("shows_name") == "1"
    actions.decide_name(viewer=request.viewer, shows_name=shows, now=timezone.now())
    messages.success(request, _("Your choice was saved."))
    return redirect("referrals:own")
