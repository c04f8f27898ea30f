"""Inquiries as a table: find, choose several, give or close them, take them out as CSV."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.api.paging import BadCursor
from kizuna.base.tables import csv_lines
from kizuna.base.web.numbers import whole
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.inbox import actions, forms, looks, policies, queries, wording
from kizuna.success.inbox.actions import closing
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.queries import QueueFilter
from kizuna.success.inbox.views.queue import TITLES

AT_ONCE = 2_000
MOST_CHOSEN = 500
HEADS = (
    "number external_id title state closed_because priority channel category owner account_external_id account_name contact"
    " sender received_at outside_hours first_response_due_at first_response_at resolution_due_at closed_at due_at"
)


@readers
@require_GET
def table(request: Request) -> HttpResponse:
    """Show a part of the table."""
    wanted = _wanted(request)
    try:
        found, after = queries.page_of(request.viewer, wanted, after=request.GET.get("after", "")[:400])
    except BadCursor:
        raise Http404 from None
    query = {**wanted.query(), "view": wanted.view}
    context = {
        "rows": [_row(row, request) for row in found],
        "wanted": wanted,
        "tabs": _tabs(wanted),
        "channels": wording.CHANNELS.items(),
        "query": urlencode(query),
        "next_url": f"?{urlencode({**query, 'after': after})}" if after else "",
        "may_work": policies.can_work(request.viewer),
        "people": forms.people(),
        "reasons": [(reason.value, wording.REASONS[reason]) for reason in closing.SAID],
    }
    return render(request, "inbox/table.html", context)


@workers
@require_POST
def together(request: Request) -> HttpResponse:
    """Give several inquiries to somebody, or close them for one reason."""
    ids = [number for number in map(whole, request.POST.getlist("id")[:MOST_CHOSEN]) if number is not None]
    if not ids:
        messages.error(request, _("Please choose inquiries first."))
        return _back(request)
    seen = list(queries.inquiries_visible_to(request.viewer).filter(pk__in=ids).values_list("pk", flat=True))
    try:
        if request.POST.get("do") == "close":
            _close(request, seen)
        else:
            _give(request, seen)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return _back(request)


@readers
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Send the table as CSV. The export is noted."""
    wanted = _wanted(request)
    rows = queries.filtered(request.viewer, wanted).select_related("account", "contact", "owner").order_by("id")
    log_manager_action(
        "inquiries.exported",
        member_id=request.viewer.member_id,
        subject="inquiries",
        after=urlencode(wanted.query()),
        now=timezone.now(),
    )
    lines = csv_lines(HEADS.split(), (_cells(row, request.viewer) for row in rows.iterator(chunk_size=AT_ONCE)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="inquiries.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _give(request: Request, ids: list[int]) -> None:
    owner_id = whole(request.POST.get("owner"))
    count = actions.assign_many(viewer=request.viewer, ids=ids, owner_id=owner_id, now=timezone.now())
    messages.success(
        request, ngettext("%(n)d inquiry changed hands.", "%(n)d inquiries changed hands.", count) % {"n": count}
    )


def _close(request: Request, ids: list[int]) -> None:
    because = request.POST.get("because", "")[:20]
    same_as = whole(request.POST.get("same_as"))
    done, left = actions.close_inquiries(
        viewer=request.viewer, ids=ids, because=because, same_as=same_as, now=timezone.now()
    )
    if done:
        words = ngettext("%(n)d inquiry was closed.", "%(n)d inquiries were closed.", done) % {"n": done}
        messages.success(request, words)
    if left:
        words = ngettext(
            "%(n)d stays open: the reason does not hold for it.", "%(n)d stay open: the reason does not hold for them.",
            len(left),
        )  # fmt: skip
        messages.error(request, words % {"n": len(left)})


def _wanted(request: Request) -> QueueFilter:
    wanted = QueueFilter.of(request.GET)
    return wanted if "view" in request.GET else wanted.but(view="open")


def _back(request: Request) -> HttpResponse:
    query = urlencode(_wanted(request).query())
    return redirect(f"{reverse('inbox:table')}?{query}")


def _tabs(wanted: QueueFilter) -> list[dict[str, Any]]:
    names = ("open", "mine", "waiting", "snoozed", "handed", "outside", "closed")
    return [
        {
            "label": TITLES[name](),
            "url": f"{reverse('inbox:table')}?{urlencode({**wanted.but(view=name).query(), 'view': name})}",
            "is_current": name == wanted.view,
        }
        for name in names
    ]


def _row(found: Inquiry, request: Request) -> dict[str, Any]:
    now = timezone.now()
    row = looks.row_of(found, now=now, viewer=request.viewer)
    return {
        **row,
        "account": found.account,
        "state_word": wording.STATES[Inquiry.State(found.state)],
        "tone": wording.TONES.get(Inquiry.State(found.state), ""),
        "priority": wording.PRIORITIES[Inquiry.Priority(found.priority)],
    }


def _cells(row: Inquiry, viewer: Viewer) -> list[Any]:
    return [
        row.pk, row.external_id, row.title, row.state, row.closed_because, row.priority, row.channel, row.category,
        row.owner.name if row.owner else "", row.account.external_id if row.account else "",
        row.account.name if row.account else "", row.contact.name if row.contact else "", looks.sender_seen(row.sender, viewer),
        row.received_at,
        row.is_outside_hours, row.response_due_at, row.first_response_at, row.resolution_due_at, row.closed_at, row.due_at,
    ]  # fmt: skip
