"""Members and invitations in the REST API."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members import actions, policies, queries
from kizuna.core.members.models import Invitation, InvitationBatch, Member

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


class AnswersIn(Input):
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


class InvitationIn(Input):
    email: str = Field(max_length=254)
    name: str = Field("", max_length=80)
    language: Literal["ja", "en"] = Field("ja", description="Language of the mail.")


class NewInvitation(InvitationIn):
    role: str = Field("", max_length=20, description="What the person becomes; empty: a member.")


class InvitationOut(NewInvitation):
    id: int
    state: Literal["open", "expired", "accepted", "cancelled"]
    sent_count: int = Field(description="Mails that have left.")
    created_at: datetime
    expires_at: datetime


class InvitationPage(PageOut):
    items: list[InvitationOut]


class InvitationQuery(PageQuery):
    state: Literal["", "open", "expired", "accepted", "cancelled"] = ""


class BatchIn(Input):
    invitations: list[InvitationIn] = Field(min_length=1, max_length=20_000)
    role: str = Field("", max_length=20)


class RowFault(Schema):
    row: int = Field(description="Its place among the rows sent; the first is 1.")
    email: str
    reason: str


class BatchOut(Schema):
    id: int
    is_done: bool
    row_count: int
    done_count: int
    invited_count: int
    skipped_count: int
    skipped: list[RowFault] = Field(description="Rows that were not invited, and why.")
    created_at: datetime
    finished_at: datetime | None


@router.get("/invitations", response=InvitationPage, exclude_unset=True, summary="List invitations")
def list_invitations(request: HttpRequest, asked: Query[InvitationQuery]) -> dict[str, Any]:
    """List invitations, the newest first."""
    _require_manager(request)
    now = timezone.now()
    rows = queries.invitations(state=asked.state, now=now).order_by()
    return page_of(rows, query=asked, order=["-id"], shown=lambda row: _shown_invitation(row, now=now))


@router.post("/invitations", response={201: InvitationOut}, summary="Invite somebody")
def invite(request: HttpRequest, asked: NewInvitation) -> Status[dict[str, Any]]:
    """Invite one address; the mail is on its way when this answers."""
    _require_manager(request)
    now = timezone.now()
    invitation = actions.invite(viewer=request.viewer, now=now, **asked.model_dump())
    return Status(201, _shown_invitation(invitation, now=now))


@router.post("/invitations/{id:invitation_id}/mail", response=InvitationOut, summary="Send an invitation again")
def send_invitation_again(request: HttpRequest, invitation_id: int) -> dict[str, Any]:
    """Send the mail of an open invitation once more, valid for another term."""
    _require_manager(request)
    now = timezone.now()
    queries.invitation_for(invitation_id)
    actions.send_invitation_again(viewer=request.viewer, invitation_id=invitation_id, now=now)
    return _shown_invitation(queries.invitation_for(invitation_id), now=now)


@router.delete("/invitations/{id:invitation_id}", response={204: None}, summary="Cancel an invitation")
def cancel_invitation(request: HttpRequest, invitation_id: int) -> Status[None]:
    """Make the link of an open invitation worthless."""
    _require_manager(request)
    queries.invitation_for(invitation_id)
    actions.cancel_invitation(viewer=request.viewer, invitation_id=invitation_id, now=timezone.now())
    return Status(204, None)


@router.post("/invitation-batches", response={202: BatchOut}, summary="Invite many")
def invite_many(request: HttpRequest, asked: BatchIn) -> Status[dict[str, Any]]:
    """Take up to 20,000 addresses and invite them in the background; read the batch to see how far it has come."""
    _require_manager(request)
    rows = [row.model_dump() for row in asked.invitations]
    batch = actions.start_batch_of_rows(
        viewer=request.viewer, rows=rows, role=asked.role, name="API", now=timezone.now()
    )
    return Status(202, _shown_batch(batch))


@router.get("/invitation-batches/{id:batch_id}", response=BatchOut, summary="Read how far many invitations have come")
def read_batch(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    """Read how many rows are done, and which were not invited."""
    _require_manager(request)
    return _shown_batch(queries.batch_for(batch_id))


def _require_manager(request: HttpRequest) -> None:
    """Whoever may not invite is not told that there is anything."""
    if not policies.can_manage(request.viewer):
        raise Http404


def _shown_invitation(row: Invitation, *, now: datetime) -> dict[str, Any]:
    ended = "accepted" if row.accepted_at else "cancelled" if row.cancelled_at else ""
    names = ("id", "email", "name", "role", "language", "sent_count", "created_at", "expires_at")
    state = ended or ("open" if row.expires_at > now else "expired")
    return {"state": state, **{name: getattr(row, name) for name in names}}


def _shown_batch(batch: InvitationBatch) -> dict[str, Any]:
    names = ("id", "row_count", "invited_count", "skipped_count", "created_at", "finished_at")
    return {
        **{name: getattr(batch, name) for name in names},
        "is_done": batch.state == InvitationBatch.State.DONE,
        "done_count": batch.next_row,
        "skipped": [
            {"row": fault["line"] - 1, "email": fault["email"], "reason": fault["reason"]} for fault in batch.errors
        ],
    }
