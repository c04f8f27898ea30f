"""Studio: referring for all, single links, and by whom a member came."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.core.community import queries as community
from kizuna.core.members.gates import managers, signed_in
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.referrals import actions, policies, queries
from kizuna.engagement.referrals.forms import ReferrerForm, ReferringForm
from kizuna.engagement.referrals.models import ReferralLink
from kizuna.engagement.referrals.settings import SHARE_TEXT


@managers
@require_http_methods(["GET", "POST"])
def overview(request: Request) -> HttpResponse:
    """Show and change how members refer."""
    text = community.setting(SHARE_TEXT)
    initial = {"is_on": queries.is_on(), "text_ja": text.get("ja", ""), "text_en": text.get("en", "")}
    form = ReferringForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = {"ja": said["text_ja"], "en": said["text_en"]}
        actions.change_referring(viewer=request.viewer, is_on=said["is_on"], share_text=words, now=timezone.now())
        messages.success(request, _("It was saved."))
        return redirect("referrals:studio")
    context = {"form": form, "links": queries.links_for_managers(request.viewer)}
    return render(request, "referrals/studio.html", context, status=422 if form.errors else 200)


@managers
@require_POST
def switch(request: Request, link_id: int) -> HttpResponse:
    """Switch a member's link off or on."""
    found = ReferralLink.objects.filter(pk=link_id).first()
    if found is None:
        raise Http404
    is_on = request.POST.get("do") == "on"
    actions.switch_link(viewer=request.viewer, link=found, is_on=is_on, now=timezone.now())
    messages.success(request, _("It was saved."))
    return redirect("referrals:studio")


@signed_in
@require_http_methods(["GET", "POST"])
def referrer(request: Request, handle: str) -> HttpResponse:
    """Show by whom a member came, with the history, and set it with a reason."""
    viewer = request.viewer
    member = Member.objects.filter(handle=handle, is_system=False).first()
    if member is None or not policies.can_set_referrer(viewer):
        raise Http404
    referral = queries.referral_of(member.pk)
    known = referral.referrer.handle if referral and referral.referrer else ""
    form = ReferrerForm(request.POST or None, initial={"referrer": known})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_referrer(
                viewer=viewer, member=member, referrer=said["referrer"], reason=said["reason"], now=timezone.now()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was saved."))
            return redirect("referrals:referrer", handle)
    context = {"member": member, "referral": referral, "form": form, "changes": queries.changes_of(viewer, member.pk)}
    return render(request, "referrals/referrer.html", context, status=422 if form.errors else 200)
