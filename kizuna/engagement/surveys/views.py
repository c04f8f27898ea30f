"""Surveys on the Desk: what there is, and one with its NPS, interval and answers."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kizuna.base.api.paging import BadCursor
from kizuna.base.tables import csv_lines
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.requests import Request
from kizuna.engagement.surveys import policies, queries
from kizuna.engagement.surveys.models import Response, Survey

AT_ONCE = 2_000
HEADS = "external_id answered_at score comment member account_id contact_id"


@require_GET
def surveys(request: Request) -> HttpResponse:
    """List the surveys with their figures."""
    policies.require_reader(request.viewer)
    rows = [_figures(survey) for survey in queries.surveys_visible_to(request.viewer).order_by("-pk")[:200]]
    return render(request, "surveys/surveys.html", {"rows": rows})


@require_GET
def survey(request: Request, survey_id: int) -> HttpResponse:
    """Show one survey."""
    policies.require_reader(request.viewer)
    found = queries.survey_for(request.viewer, survey_id)
    try:
        responses, after = queries.page_of(found, after=request.GET.get("after", "")[:400])
    except BadCursor:
        raise Http404 from None
    context = {
        **_figures(found),
        "responses": queries.named(request.viewer, responses),
        "next_url": f"?after={after}" if after else "",
    }
    return render(request, "surveys/survey.html", context)


@require_GET
def export(request: Request, survey_id: int) -> HttpResponseBase:
    """Send the answers as CSV. The export is noted."""
    policies.require_reader(request.viewer)
    found = queries.survey_for(request.viewer, survey_id)
    rows = queries.responses_visible_to(request.viewer).filter(survey=found).select_related("member").order_by("id")
    log_manager_action(
        "responses.exported",
        member_id=request.viewer.member_id,
        subject=f"survey:{found.pk}",
        after=found.title,
        now=timezone.now(),
    )
    lines = csv_lines(HEADS.split(), (_cells(row) for row in rows.iterator(chunk_size=AT_ONCE)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{found.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _figures(found: Survey) -> dict[str, Any]:
    total = found.promoters + found.passives + found.detractors
    is_counted = found.value is not None
    return {
        "survey": found,
        "total": f"{total:,}",
        "nps": f"{found.value:+.0f}" if is_counted else "–",
        "low": f"{found.low:+.0f}" if is_counted else "",
        "high": f"{found.high:+.0f}" if is_counted else "",
        "is_counted": is_counted,
        "shares": [
            {"name": name, "count": f"{count:,}", "percent": round(count * 100 / total) if total else 0}
            for name, count in (
                ("promoters", found.promoters),
                ("passives", found.passives),
                ("detractors", found.detractors),
            )
        ],
    }


def _cells(row: Response) -> list[Any]:
    member = row.member.handle if row.member else ""
    return [row.external_id, row.answered_at, row.score, row.comment, member, row.account_id, row.contact_id]
