"""Pages of origins: one customer's, and the report."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.tables.writing import write_csv
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.stats.intervals import wilson
from kizuna.success.customers import policies
from kizuna.success.customers.queries.visible import account_for
from kizuna.success.customers.views.gates import readers
from kizuna.success.origins import actions, queries, wording
from kizuna.success.origins.forms import OriginForm

DAYS = 365
SHOWN = 200


@readers
@require_GET
def report(request: Request) -> HttpResponse:
    """Show who was referred and how far it went."""
    since, until = _span(request)
    found = queries.report(request.viewer, since=since, until=until)
    steps = _steps(found)
    context = {
        "since": since,
        "until": until,
        "steps": steps,
        "rows": found.rows[:SHOWN],
        "is_more": len(found.rows) > SHOWN,
        "query": urlencode({"from": since, "to": until}),
    }
    return render(request, "origins/report.html", context)


@readers
@require_GET
def export(request: Request) -> HttpResponse:
    """Send the rows of the report as CSV. The export is noted."""
    since, until = _span(request)
    found = queries.report(request.viewer, since=since, until=until)
    actions.note_export(viewer=request.viewer, query=urlencode({"from": since, "to": until}), now=timezone.now())
    buffer = BytesIO()
    heads = [
        _("Day"),
        _("Member"),
        _("Referrer"),
        pgettext("origin", "How"),
        _("Still here"),
        _("Took part"),
        _("Contract"),
        _("First day"),
    ]
    write_csv(buffer, heads, _lines(found))
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="referrals-{since}-{until}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@readers
@require_http_methods(["GET", "POST"])
def origin(request: Request, account_id: int) -> HttpResponse:
    """Show through whom a customer and its contracts came, with the history, and set it."""
    viewer = request.viewer
    account = account_for(viewer, account_id)
    form = OriginForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_origin(
                viewer=viewer, account=account, contract=said["contract"], referrer=said["referrer"],
                reason=said["reason"], now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It was saved."))
            return redirect("origins:origin", account.pk)
    rows = [{"origin": row, "how": wording.HOWS[row.how]} for row in queries.origins_around(viewer, account)]
    context = {"account": account, "form": form, "rows": rows, "may_work": policies.can_work(viewer)}
    return render(request, "origins/origin.html", context, status=422 if form.errors else 200)


def _steps(found: queries.Report) -> list[dict[str, Any]]:
    came = found.by_link + found.by_staff
    return [
        _step(
            _("Opened a link"),
            found.opened,
            None,
            _("Browsers that opened a member's link for the first time in 14 days."),
        ),
        _step(
            pgettext("origin", "Came"),
            found.by_link,
            found.opened,
            _("Members who joined, or asked to, by a link. Share of those who opened one."),
        ),
        _step(
            pgettext("report", "Set by the team"),
            found.by_staff,
            None,
            _("Members whose referrer the team noted, without a link."),
        ),
        _step(_("Still here"), found.here, came, _("Of all who came: members in good standing today.")),
        _step(_("Took part"), found.took_part, came, _("Of all who came: have posted at least once.")),
        _step(
            _("Bought"),
            found.bought,
            came,
            _(
                "Of all who came: their company has a contract with this origin that began on the day they joined"
                " or later."
            ),
        ),
    ]


def _step(label: str, count: int, whole: int | None, meaning: str) -> dict[str, Any]:
    """Return a step as plain values. Without anybody to count from, the rate is n/a, never 0 %."""
    rate = ""
    if whole is not None:
        rate = _("n/a: nobody to count from")
        if whole and count <= whole:
            found = wilson(count, whole)
            rate = _("%(rate).1f%% (95%% interval %(low).1f–%(high).1f%%, n = %(n)d)") % {
                "rate": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high, "n": whole,
            }  # fmt: skip
    return {"label": label, "count": count, "rate": rate, "meaning": meaning}


def _lines(found: queries.Report) -> Iterator[list[Any]]:
    for row in found.rows:
        referral = row.referral
        yield [
            local_day(referral.created_at),
            referral.member.name,
            referral.referrer.name if referral.referrer else "",
            str(referral.how),
            row.is_here,
            row.took_part,
            str(row.contract) if row.contract else "",
            row.contract.starts_on if row.contract else None,
        ]


def _span(request: Request) -> tuple[date, date]:
    until = _day(request.GET.get("to", "")) or local_day(timezone.now())
    since = _day(request.GET.get("from", "")) or until - timedelta(days=DAYS - 1)
    return min(since, until), max(since, until)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1990, 1, 1) <= day <= date(2999, 1, 1) else None
