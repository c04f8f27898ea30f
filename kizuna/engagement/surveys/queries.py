"""Surveys and answers for those with the desk."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.base.registry import Target, by_name
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.surveys.models import Response, Survey

PAGE = 50


def surveys_visible_to(viewer: Viewer) -> QuerySet[Survey]:
    return Survey.objects.all() if can_use_desk(viewer) else Survey.objects.none()


def responses_visible_to(viewer: Viewer) -> QuerySet[Response]:
    return Response.objects.all() if can_use_desk(viewer) else Response.objects.none()


def survey_for(viewer: Viewer, survey_id: int) -> Survey:
    """Return a survey, or Http404."""
    survey = surveys_visible_to(viewer).filter(pk=survey_id).first()
    if survey is None:
        raise Http404
    return survey


def response_for(viewer: Viewer, survey_id: int, response_id: int) -> Response:
    """Return an answer to a survey, or Http404."""
    rows = responses_visible_to(viewer).select_related("member")
    response = rows.filter(pk=response_id, survey_id=survey_id).first()
    if response is None:
        raise Http404
    return response


def page_of(survey: Survey, *, after: str) -> tuple[list[Response], str]:
    """Return a page of answers, the latest first, and where the next one begins."""
    rows = Response.objects.filter(survey=survey).select_related("member")
    if after:
        at, pk = read_cursor(after, types=[str, int])
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise BadCursor(after) from None
        rows = rows.filter(Q(answered_at__lt=moment) | Q(answered_at=moment, id__lt=pk))
    found = list(rows.order_by("-answered_at", "-id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], cursor([last.answered_at.isoformat(), last.pk]) if last else ""


def named(viewer: Viewer, responses: list[Response]) -> list[dict[str, Any]]:
    """Return answers with whoever gave them: person, customer or member, each (name, address) as the viewer may see it."""
    people = _titles(viewer, "contact", {row.contact_id for row in responses if row.contact_id})
    accounts = _titles(viewer, "account", {row.account_id for row in responses if row.account_id})
    return [
        {
            "row": row,
            "person": people.get(row.contact_id or 0) or (row.member and (row.member.name, "")),
            "account": accounts.get(row.account_id or 0),
        }
        for row in responses
    ]


def _titles(viewer: Viewer, kind: str, ids: set[int]) -> dict[int, tuple[str, str]]:
    target = by_name(Target, kind)
    rows = target.visible(viewer=viewer, ids=sorted(ids)) if target and ids else {}
    return {pk: (target.title(row=row), target.url(row=row)) for pk, row in rows.items()} if target else {}


def latest_scores(survey: Survey) -> tuple[list[int], list[int | None]]:
    """Return the latest score of each person, and the customer of each; answers of nobody known count each."""
    latest: dict[tuple[str, int], tuple[int, int | None]] = {}
    rows = Response.objects.filter(survey=survey).order_by("answered_at", "pk")
    names = ("pk", "score", "account_id", "contact_id", "member_id", "recipient_id")
    for pk, score, account_id, contact_id, member_id, recipient_id in rows.values_list(*names).iterator():
        known = (("c", contact_id), ("m", member_id), ("r", recipient_id), ("", pk))
        latest[next((kind, number) for kind, number in known if number)] = score, account_id
    return [score for score, _account in latest.values()], [account for _score, account in latest.values()]
