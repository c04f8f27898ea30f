"""Members in the REST API."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kizuna.base.api.addresses import whole
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members import queries
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


class MemberPage(PageOut):
    items: list[MemberOut]


@router.get("/members", response=MemberPage, exclude_unset=True, summary="List members")
def list_members(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """List the members whose page you may open, those who joined first at the top."""
    members = queries.members_visible_to(request.viewer)
    return page_of(members, query=page, order=["id"], shown=lambda member: shown_member(request, member))


@router.get("/members/{handle}", response=MemberOut, summary="Read a member")
def read_member(request: HttpRequest, handle: str) -> dict[str, Any]:
    """Read a member's public profile."""
    return shown_member(request, queries.person_for(request.viewer, handle))


def shown_member(request: HttpRequest, member: Member) -> dict[str, Any]:
    """Return a member as the API shows them: never an address or anything they did not make public."""
    names = ("handle", "name", "company", "bio", "joined_at", "topic_count", "post_count", "accepted_count")
    fields = {name: getattr(member, name) for name in names}
    return {**fields, "thanks_count": member.thanks_count, "url": whole(request, f"/m/{member.handle}/")}
