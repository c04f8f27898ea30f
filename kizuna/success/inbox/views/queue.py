"""The queue: what needs action on top, beside the inquiry that is open."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kizuna.base.api.paging import BadCursor
from kizuna.base.registry import InquiryMarks, of
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.views.gates import readers
from kizuna.success.inbox import looks, policies, queries, wording
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.queries import Counts, Part, QueueFilter
from kizuna.success.inbox.queries.queue import SHOWN

CHANNELS_SHOWN = (
    Inquiry.Channel.MAIL, Inquiry.Channel.FORM, Inquiry.Channel.PHONE, Inquiry.Channel.MISSED, Inquiry.Channel.QUESTION,
    Inquiry.Channel.MENTION, Inquiry.Channel.LINE, Inquiry.Channel.WIDGET, Inquiry.Channel.SOCIAL,
)  # fmt: skip


@readers
@require_GET
def queue(request: Request) -> HttpResponse:
    """Show the queue."""
    return render(request, "inbox/queue.html", queue_context(request, now=timezone.now()))


def queue_context(request: Request, *, now: datetime, chosen: int | None = None) -> dict[str, Any]:
    """Return what the queue shows: its head, its filters, and the parts or the page of the view."""
    wanted = QueueFilter.of(request.GET)
    until = looks.next_day_end(now)
    counts = queries.counts_of(request.viewer, now=now, until=until)
    parts, next_url = _parts(request, wanted, counts, now=now, until=until)
    shown = [_part(part, wanted, now=now, until=until, viewer=request.viewer) for part in parts]
    _mark([row for part in shown for row in part["rows"]], viewer=request.viewer, now=now)
    return {
        "now_words": looks.now_words(now),
        "filters": _filters(wanted, counts),
        "channels": _channels(wanted),
        "wanted": wanted,
        "query": urlencode(wanted.query()),
        "title": TITLES[wanted.view](),
        "summary": _("%(n)d of %(open)d not closed") % {"n": counts.needs, "open": counts.open},
        "parts": shown,
        "rest": _rest(wanted, counts) if _is_whole(wanted) else [],
        "next_url": next_url,
        "chosen": chosen,
        "may_work": policies.can_work(request.viewer),
        "may_define": policies.can_define(request.viewer),
    }


TITLES = {
    "needs": lambda: _("Needs action"),
    "mine": lambda: pgettext("inbox", "Mine"),
    "open": lambda: pgettext("inbox", "Not closed"),
    "outside": lambda: _("Came in outside hours"),
    "waiting": lambda: _("Waiting for the customer"),
    "snoozed": lambda: _("Put off"),
    "handed": lambda: _("With a department"),
    "closed": lambda: _("Closed inquiries"),
}
HEADS = {
    "ownerless": lambda: _("Without an owner"),
    "overdue": lambda: _("Overdue"),
    "next": lambda: _("Until the end of the next day of business"),
    "later": lambda: _("After that"),
    "hold": lambda: _("On hold"),
    "": lambda: "",
}
BAD = ("ownerless", "overdue")


def _is_whole(wanted: QueueFilter) -> bool:
    return wanted.view == "needs" and not (wanted.part or wanted.channel or wanted.text or wanted.owner)


def _parts(
    request: Request, wanted: QueueFilter, counts: Counts, *, now: datetime, until: datetime
) -> tuple[list[Part], str]:
    after = request.GET.get("after", "")[:400]
    if _is_whole(wanted):
        return queries.needs_action(request.viewer, wanted, counts, now=now, until=until), ""
    try:
        if wanted.view == "needs" and wanted.part:
            rows, then = queries.part_of(request.viewer, wanted, wanted.part, now=now, until=until, after=after)
            count = getattr(counts, wanted.part) if not (wanted.channel or wanted.text or wanted.owner) else 0
            part = Part(wanted.part, count, rows)
        else:
            rows, then = queries.page_of(request.viewer, wanted, after=after)
            part = Part("", 0, rows)
    except BadCursor:
        raise Http404 from None
    address = f"{reverse('inbox:inquiries')}?{urlencode({**wanted.query(), 'after': then})}"
    return [part] if rows else [], address if then else ""


def _part(part: Part, wanted: QueueFilter, *, now: datetime, until: datetime, viewer: Viewer) -> dict[str, Any]:
    more = max(part.count - SHOWN, 0) if _is_whole(wanted) else 0
    notes = {"ownerless": _("The most pressing first"), "next": looks.day_words(_last_day(until))}
    return {
        "name": part.name,
        "title": HEADS[part.name](),
        "count": part.count,
        "is_bad": part.name in BAD,
        "note": notes.get(part.name, ""),
        "rows": looks.rows_of(part.rows, now=now, viewer=viewer),
        "more": more,
        "more_url": _url(wanted.but(part=part.name)),
    }


def _mark(rows: list[dict[str, Any]], *, viewer: Viewer, now: datetime) -> None:
    """Put on the rows what higher apps say of them."""
    ids = [row["pk"] for row in rows]
    found = [source.marks(viewer=viewer, ids=ids, now=now) for source in of(InquiryMarks)] if ids else []
    for row in rows:
        row["marks"] = [marks[row["pk"]] for marks in found if row["pk"] in marks]


def _last_day(until: datetime) -> datetime:
    return until - timedelta(minutes=1)


def _rest(wanted: QueueFilter, counts: Counts) -> list[dict[str, Any]]:
    """Return what is only counted: due later, and on hold."""
    return [
        {"label": HEADS[name](), "count": getattr(counts, name), "url": _url(wanted.but(part=name))}
        for name in ("later", "hold")
        if getattr(counts, name)
    ]


def _filters(wanted: QueueFilter, counts: Counts) -> list[dict[str, Any]]:
    shown = {"needs": counts.needs, "mine": counts.mine, "open": counts.open, "outside": counts.outside}
    names = [*shown, "waiting", "handed", "closed"]
    return [
        {
            "label": TITLES[name](),
            "url": _url(wanted.but(view=name, part="")),
            "is_current": wanted.view == name,
            "count": shown.get(name, 0),
            "new": name == "needs",
        }
        for name in names
    ]


def _channels(wanted: QueueFilter) -> list[dict[str, Any]]:
    """Return the channels as a choice; the chosen one leads back to all."""
    return [
        {
            "label": wording.CHANNELS[channel],
            "icon": wording.ICONS[channel],
            "url": _url(wanted.but(channel="" if wanted.channel == channel else channel.value)),
            "is_current": wanted.channel == channel,
        }
        for channel in CHANNELS_SHOWN
    ]


def _url(wanted: QueueFilter) -> str:
    query = urlencode(wanted.query())
    return f"{reverse('inbox:inquiries')}?{query}" if query else reverse("inbox:inquiries")
