"""The contact form: what answers already stands before what is sent."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kizuna.core.files.attaching import with_files
from kizuna.core.members.actions.limits import Limit, attempt
from kizuna.core.members.clients import address_of, network_of
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.search.queries import similar
from kizuna.success.inbox import actions, contact_forms, dues, looks, policies
from kizuna.success.inbox.models import Inquiry

SHOWN = 5
BY_NETWORK = Limit("contact.network", 20, timedelta(hours=1))
BY_MEMBER = Limit("contact.member", 20, timedelta(hours=1))


@never_cache
@require_http_methods(["GET", "POST"])
def contact(request: Request) -> HttpResponse:
    """Ask: first what answers already, then the sending."""
    policies.require_form(request.viewer)
    if request.method != "POST":
        first = {"title": request.GET.get("title", "")[:200]}
        return _page(request, contact_forms.ContactForm(viewer=request.viewer, initial=first))
    if "solved" in request.POST:
        return _solved(request)
    form = contact_forms.ContactForm(**with_files(request), viewer=request.viewer)
    if form.is_honey:  # a program filled in what no person sees: it may believe that it was sent
        return _thanked(request, None)
    if not form.is_valid():
        return _page(request, form, status=422)
    token = request.POST.get("ask", "")[:200]
    if actions.find_ask(viewer=request.viewer, token=token) is None and (hits := _hits(request, form)):
        shown = [(hit.type, hit.id) for hit in hits]
        title = form.cleaned_data["title"]
        token = actions.begin_ask(viewer=request.viewer, subject=title, shown=shown, now=timezone.now())
        return _page(request, form, hits=hits, token=token)
    return _sent(request, form, token)


def _sent(request: Request, form: contact_forms.ContactForm, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        if request.viewer.is_member:
            attempt(BY_MEMBER, key=str(request.viewer.own_id), now=now)
        else:
            attempt(BY_NETWORK, key=network_of(address_of(request)), now=now)
        received = actions.send_form(viewer=request.viewer, asked=form.asked(), token=token, now=now)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, form, status=429 if refused.code == "too_many" else 422)
    return _thanked(request, received.inquiry)


def _solved(request: Request) -> HttpResponse:
    token = request.POST.get("ask", "")[:200]
    if actions.solve_ask(viewer=request.viewer, token=token, now=timezone.now()):
        messages.success(request, _("Good to hear. Thank you for telling us."))
    return redirect("home:home" if request.viewer.audience_ids else "inbox:contact")


def _thanked(request: Request, inquiry: Inquiry | None) -> HttpResponse:
    if inquiry is not None and request.viewer.is_member and inquiry.member_id == request.viewer.member_id:
        messages.success(request, _("Thank you. We have your question and will answer here."))
        return redirect("inbox:own-inquiry", inquiry.pk)
    until = inquiry.response_due_at if inquiry else None
    return render(request, "inbox/contact_thanks.html", {"until": looks.short(until) if until else ""})


def _hits(request: Request, form: contact_forms.ContactForm) -> list[Any]:
    """Return what was written about the same: by the subject, else by the beginning of the question."""
    title, body = form.cleaned_data["title"], form.cleaned_data["body"]
    hits = similar(viewer=request.viewer, text=title, limit=SHOWN)
    return hits or similar(viewer=request.viewer, text=f"{title} {body[:200]}", limit=SHOWN)


def _page(
    request: Request,
    form: contact_forms.ContactForm,
    *,
    hits: list[Any] | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    language = request.viewer.language
    context = {
        "form": form,
        "hits": hits or [],
        "token": token or request.POST.get("ask", "")[:200],
        "intro": contact_forms.words_of("intro", language),
        "privacy": contact_forms.words_of("privacy", language),
        "until": _until(timezone.now()),
        "honey": contact_forms.HONEY,
        "has_search": bool(request.viewer.audience_ids),
    }
    return render(request, "inbox/contact.html", context, status=status)


def _until(now: datetime) -> str:
    """Return by when what is sent now is answered."""
    due = dues.after(now, dues.minutes_for(Inquiry.Priority.NORMAL, [])[0])
    return looks.short(due) if due else ""
