"""Inquiries on the Desk: the list, one of them, and all as CSV."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.api.paging import BadCursor
from kizuna.base.tables import csv_lines
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.inbox import actions, policies, queries, wording
from kizuna.success.inbox.forms import InquiryForm
from kizuna.success.inbox.models import Inquiry

AT_ONCE = 2_000
HEADS = (
    "external_id title state priority channel category owner account_external_id account_name contact"
    " received_at first_response_at closed_at due_at"
)
STATES = ("not_closed", *Inquiry.State.values)


@require_GET
def inquiries(request: Request) -> HttpResponse:
    """Show a part of the list."""
    policies.require_reader(request.viewer)
    wanted = _wanted(request)
    try:
        found, after = queries.page_of(
            queries.filtered(request.viewer, **wanted), after=request.GET.get("after", "")[:400]
        )
    except BadCursor:
        raise Http404 from None
    query = {name: value for name, value in wanted.items() if value}
    context = {
        "rows": [_row(inquiry) for inquiry in found],
        "text": wanted["text"],
        "owner": wanted["owner"],
        "state": wanted["state"],
        "tabs": _tabs(wanted),
        "query": urlencode(query),
        "next_url": f"?{urlencode({**query, 'after': after})}" if after else "",
        "may_work": policies.can_work(request.viewer),
    }
    return render(request, "inbox/inquiries.html", context)


@require_http_methods(["GET", "POST"])
def inquiry(request: Request, inquiry_id: int) -> HttpResponse:
    """Show one inquiry; change its state, owner and priority."""
    policies.require_reader(request.viewer)
    found = queries.inquiry_for(request.viewer, inquiry_id)
    form = InquiryForm(request.POST or None, inquiry=found)
    if request.method == "POST":
        policies.require_worker(request.viewer)
        if form.is_valid():
            try:
                actions.change_inquiry(viewer=request.viewer, inquiry=found, fields=form.values(), now=timezone.now())
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("inbox:inquiry", found.pk)
    context = {
        **_row(found),
        "form": form,
        "may_work": policies.can_work(request.viewer),
        "messages_shown": [
            (wording.DIRECTIONS[item.direction], item)  # type: ignore[index]
            for item in found.messages.select_related("author", "contact").order_by("at", "id")[:200]
        ],
    }
    return render(request, "inbox/inquiry.html", context, status=422 if form.errors else 200)


@require_GET
def export(request: Request) -> HttpResponseBase:
    """Send the list as CSV. The export is noted."""
    policies.require_reader(request.viewer)
    wanted = _wanted(request)
    rows = queries.filtered(request.viewer, **wanted).select_related("account", "contact", "owner").order_by("id")
    log_manager_action(
        "inquiries.exported",
        member_id=request.viewer.member_id,
        subject="inquiries",
        after=urlencode(wanted),
        now=timezone.now(),
    )
    lines = csv_lines(HEADS.split(), (_cells(row) for row in rows.iterator(chunk_size=AT_ONCE)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="inquiries.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _wanted(request: Request) -> dict[str, str]:
    given = request.GET
    state = given.get("state", "")
    owner = given.get("owner", "")
    return {
        "state": state if state in STATES else "",
        "owner": owner if owner in ("me", "nobody") else "",
        "text": given.get("q", "")[:100].replace("\x00", "").strip(),
    }


def _tabs(wanted: dict[str, str]) -> list[dict[str, Any]]:
    words = {
        "": pgettext("inquiries", "All"),
        "not_closed": pgettext("inquiries", "Not closed"),
        **{str(state): word for state, word in wording.STATES.items()},
    }
    address = reverse("inbox:inquiries")
    return [
        {
            "label": word,
            "url": f"{address}?{urlencode({name: value for name, value in {**wanted, 'state': state}.items() if value})}",
            "is_current": state == wanted["state"],
        }
        for state, word in words.items()
    ]


def _row(found: Inquiry) -> dict[str, Any]:
    return {
        "inquiry": found,
        "state_word": wording.STATES[Inquiry.State(found.state)],
        "tone": wording.TONES.get(Inquiry.State(found.state), ""),
        "priority": wording.PRIORITIES[Inquiry.Priority(found.priority)],
        "channel": wording.CHANNELS[Inquiry.Channel(found.channel)],
    }


def _cells(row: Inquiry) -> list[Any]:
    return [
        row.external_id, row.title, row.state, row.priority, row.channel, row.category, row.owner.name if row.owner else "",
        row.account.external_id if row.account else "", row.account.name if row.account else "",
        row.contact.name if row.contact else "", row.received_at, row.first_response_at, row.closed_at, row.due_at,
    ]  # fmt: skip
