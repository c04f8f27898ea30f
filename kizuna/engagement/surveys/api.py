"""Surveys and answers in the REST API, for those with the desk."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.moments import Moment
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.surveys import actions, queries
from kizuna.engagement.surveys.models import Response, Survey
from kizuna.engagement.surveys.policies import require_reader

router = Router(tags=["surveys"])
SURVEY = ("id", "title", "kind", "promoters", "passives", "detractors", "counted_at", "created_at")
RESPONSE = (
    "id",
    "survey_id",
    "score",
    "comment",
    "account_id",
    "contact_id",
    "external_id",
    "answered_at",
    "created_at",
)


class SurveyIn(Input):
    title: str = Field(description="A survey of this name is made once.")


class SurveyOut(Schema):
    id: int
    title: str
    kind: str = Field(description="`nps`.")
    promoters: int = Field(description="People whose latest score is 9 or 10.")
    passives: int
    detractors: int
    nps: float | None = Field(description="In points; null while nobody answered.")
    low: float | None = Field(description="Lower end of the 95% interval.")
    high: float | None
    counted_at: datetime | None
    created_at: datetime
    url: str


class SurveyPage(PageOut):
    items: list[SurveyOut]


class ResponseIn(Input):
    score: int = Field(description="0 to 10.")
    comment: str = ""
    member: str = Field("", description="The handle of the member who answered.")
    account_id: int | None = Field(
        None, description="The customer they were at; that of the person, when it is not given."
    )
    contact_id: int | None = Field(None, description="Who answered, at that customer.")
    external_id: str = Field("", description="Your own number; unique in the survey.")
    answered_at: Moment | None = Field(None, description="Now, when it is not given.")


class ResponsePatch(Input):
    score: int | None = Field(None, description="0 to 10.")
    comment: str = ""
    member: str = Field("", description="The handle of the member who answered; empty: nobody.")
    account_id: int | None = None
    contact_id: int | None = None
    external_id: str = ""
    answered_at: Moment | None = None


class ResponseOut(Schema):
    id: int
    survey_id: int
    score: int
    comment: str
    member: str
    account_id: int | None
    contact_id: int | None
    external_id: str
    answered_at: datetime
    created_at: datetime
    url: str


class ResponsePage(PageOut):
    items: list[ResponseOut]


@router.get("/surveys", response=SurveyPage, exclude_unset=True, summary="List surveys")
def list_surveys(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    """List the surveys with their figures."""
    require_reader(request.viewer)
    rows = queries.surveys_visible_to(request.viewer)
    return page_of(rows, query=page, order=["id"], shown=lambda row: _survey(request, row))


@router.post("/surveys", response={201: SurveyOut}, summary="Make a survey")
def make_survey(request: Request, sent: SurveyIn) -> Status:
    """Make a survey, or answer with the one of that name."""
    require_reader(request.viewer)
    survey = actions.make_survey(viewer=request.viewer, title=sent.title, now=timezone.now())
    return Status(201, _survey(request, survey))


@router.get("/surveys/{id:survey_id}", response=SurveyOut, summary="Read a survey")
def read_survey(request: Request, survey_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _survey(request, queries.survey_for(request.viewer, survey_id))


@router.get("/surveys/{id:survey_id}/responses", response=ResponsePage, exclude_unset=True, summary="List answers")
def list_responses(request: Request, survey_id: int, page: Query[PageQuery]) -> dict[str, Any]:
    """List the answers to a survey."""
    require_reader(request.viewer)
    survey = queries.survey_for(request.viewer, survey_id)
    rows = queries.responses_visible_to(request.viewer).filter(survey=survey).select_related("member")
    return page_of(rows, query=page, order=["id"], shown=lambda row: _response(request, row))


@router.post("/surveys/{id:survey_id}/responses", response={201: ResponseOut}, summary="Add an answer")
def add_response(request: Request, survey_id: int, sent: ResponseIn) -> Status:
    """Note what somebody answered."""
    require_reader(request.viewer)
    survey = queries.survey_for(request.viewer, survey_id)
    fields = sent.model_dump()
    handle = fields.pop("member")
    fields["member_id"] = _member(handle) if handle else None
    response = actions.note_response(viewer=request.viewer, survey=survey, fields=fields, now=timezone.now())
    return Status(201, _response(request, response))


@router.get("/surveys/{id:survey_id}/responses/{id:response_id}", response=ResponseOut, summary="Read an answer")
def read_response(request: Request, survey_id: int, response_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _response(request, queries.response_for(request.viewer, survey_id, response_id))


@router.patch("/surveys/{id:survey_id}/responses/{id:response_id}", response=ResponseOut, summary="Correct an answer")
def change_response(request: Request, survey_id: int, response_id: int, sent: ResponsePatch) -> dict[str, Any]:
    """Correct what is sent; the figures and the timeline of the customer follow."""
    require_reader(request.viewer)
    response = queries.response_for(request.viewer, survey_id, response_id)
    fields = sent.model_dump(exclude_unset=True)
    if "member" in fields:
        handle = fields.pop("member")
        fields["member_id"] = _member(handle) if handle else None
    actions.change_response(viewer=request.viewer, response=response, fields=fields, now=timezone.now())
    return _response(request, queries.response_for(request.viewer, survey_id, response_id))


def _member(handle: str) -> int:
    member = Member.objects.filter(handle=handle, is_system=False).first()
    if member is None:
        raise Refused(_("There is no member with this handle."), field="member")
    return member.pk


def _survey(request: Request, row: Survey) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in SURVEY}
    return {
        **shown,
        "nps": row.value,
        "low": row.low,
        "high": row.high,
        "url": whole(request, f"/desk/surveys/{row.pk}/"),
    }


def _response(request: Request, row: Response) -> dict[str, Any]:
    member = row.member.handle if row.member else ""
    url = whole(request, f"/desk/surveys/{row.survey_id}/#response-{row.pk}")
    return {**{name: getattr(row, name) for name in RESPONSE}, "member": member, "url": url}
