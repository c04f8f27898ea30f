"""Members in the REST API."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from kizuna.base.api.addresses import whole
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members import actions, queries
from kizuna.core.members.models import Member

router = Router(tags=["members"])


class MemberOut(Schema):
    handle: str
    name: str
    company: str
    bio: str
    url: str
    joined_at: datetime
    topic_count: int
    post_count: int
    accepted_count: int = Field(description="Answers accepted as the solution of a question.")
    thanks_count: int


class MemberWithAnswers(MemberOut):
    attributes: dict[str, Any] = Field(description="What the member answered and you may see, by key.")


class AnswersIn(Schema):
    attributes: dict[str, str | float | bool | list[str] | None] = Field(
        description="Answers by key; null takes an answer away, what is not named stays."
    )


class MemberPage(PageOut):
    items: list[MemberOut]


@router.get("/members", response=MemberPage, exclude_unset=True, summary="List members")
def list_members(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """List the members whose page you may open, those who joined first at the top."""
    members = queries.members_visible_to(request.viewer)
    return page_of(members, query=page, order=["id"], shown=lambda member: shown_member(request, member))


@router.get("/members/{handle}", response=MemberWithAnswers, summary="Read a member")
def read_member(request: HttpRequest, handle: str) -> dict[str, Any]:
    """Read a member's profile, with the attributes that you may see."""
    member = queries.person_for(request.viewer, handle)
    return {**shown_member(request, member), "attributes": _answers(request, member)}


@router.patch("/members/{handle}/attributes", response=AnswersIn, summary="Answer a member's attributes")
def answer_attributes(request: HttpRequest, handle: str, said: AnswersIn) -> dict[str, Any]:
    """Change what is known of a member: your own attributes, or anybody's as a manager or success manager."""
    member = queries.person_for(request.viewer, handle)
    actions.set_answers(viewer=request.viewer, member_id=member.pk, answers=said.attributes, now=timezone.now())
    return {"attributes": _answers(request, member)}


def _answers(request: HttpRequest, member: Member) -> dict[str, Any]:
    found = queries.answers_visible_to(request.viewer, [member.pk])[member.pk]
    return {answer.attribute.key: _plain(answer.value) for answer in found}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def shown_member(request: HttpRequest, member: Member) -> dict[str, Any]:
    """Return a member as the API shows them: never an address or anything they did not make public."""
    names = ("handle", "name", "company", "bio", "joined_at", "topic_count", "post_count", "accepted_count")
    fields = {name: getattr(member, name) for name in names}
    return {**fields, "thanks_count": member.thanks_count, "url": whole(request, f"/m/{member.handle}/")}
