"""One's own inquiries: what one asked by the form, what was answered, and writing on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.api.paging import BadCursor
from kizuna.core.files.attaching import with_files
from kizuna.core.files.models import File
from kizuna.core.files.queries import url_of
from kizuna.core.members.policies import Refused, require_sign_in
from kizuna.core.members.requests import Request
from kizuna.success.inbox import actions, contact_forms, looks, policies, queries, wording
from kizuna.success.inbox.models import Inquiry, InquiryMessage
from kizuna.success.inbox.quoting import split


@require_GET
def own_inquiries(request: Request) -> HttpResponse:
    """List what the member asked, the latest first."""
    require_sign_in(request.viewer)
    try:
        found, after = queries.own_page(request.viewer, after=request.GET.get("after", "")[:200])
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": [_row(inquiry) for inquiry in found],
        "next_url": f"?after={after}" if after else "",
        "may_ask": policies.can_use_form(request.viewer),
    }
    return render(request, "inbox/own_list.html", context)


@require_http_methods(["GET", "POST"])
def own_inquiry(request: Request, inquiry_id: int) -> HttpResponse:
    """Show one's own inquiry; write on."""
    require_sign_in(request.viewer)
    found = queries.own_inquiry_for(request.viewer, inquiry_id)
    sent = with_files(request) if request.method == "POST" else {}
    form = contact_forms.WriteOnForm(**sent)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["body"]
            actions.write_on(viewer=request.viewer, inquiry=found, body=body, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was sent."))
            return redirect("inbox:own-inquiry", found.pk)
    passed = queries.own_messages(found)
    files = queries.files_of([message.pk for message in passed])
    context = {
        **_row(found),
        "entries": [_entry(message, files.get(message.pk, [])) for message in passed],
        "until": looks.short(found.due_at) if found.due_at and found.due_at > timezone.now() else "",
        "form": form,
    }
    return render(request, "inbox/own_inquiry.html", context, status=422 if form.errors else 200)


def _row(inquiry: Inquiry) -> dict[str, Any]:
    words, tone = wording.FOR_ASKERS[Inquiry.State(inquiry.state)]
    return {"inquiry": inquiry, "state_word": words, "tone": tone}


def _entry(message: InquiryMessage, files: list[File]) -> dict[str, Any]:
    own, quoted = split(message.body, message.quoted)
    is_out = message.direction == InquiryMessage.Direction.OUT
    author = message.author if is_out else None
    return {
        "pk": message.pk,
        "is_out": is_out,
        "name": author.name if author else "",
        "hue": author.hue if author else None,
        "avatar_url": author.avatar_url if author else "",
        "at": message.at,
        "body": own,
        "quoted": quoted,
        "files": [{"name": file.name, "url": url_of(file), "size": file.size_bytes} for file in files],
    }
