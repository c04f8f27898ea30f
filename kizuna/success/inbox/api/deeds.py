"""What happens to an inquiry: closing, putting off, handing over."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from kizuna.base.api.inputs import Input
from kizuna.base.api.moments import Moment
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.api.inquiries import InquiryOut, shown
from kizuna.success.inbox.policies import require_reader
from kizuna.success.tasks.models import Department

router = Router()
ONE = "/inquiries/{id:inquiry_id}"


class ClosureIn(Input):
    because: str = Field(
        description="`answered` where an answer was sent; else `phone`, `elsewhere`, `same`, `none_needed`, `community` or `spam`."
    )
    same_as: int | None = Field(None, description="The number of the inquiry that it repeats, for `same`.")


class SnoozeIn(Input):
    until: Moment = Field(description="When it comes back by itself. Its dues go on.")


class HandoverIn(Input):
    department: str = Field(description="The department's short name.")
    ask: str = Field("", description="What is asked of it.")
    back_by: Moment | None = Field(None, description="When it should be back.")


class AnswerIn(Input):
    answer: str


@router.put(f"{ONE}/closure", response=InquiryOut, summary="Close an inquiry")
def close(request: Request, inquiry_id: int, sent: ClosureIn) -> dict[str, Any]:
    """Close an inquiry with an answer that was sent, or with a reason."""
    inquiry = _one(request, inquiry_id)
    actions.close_inquiry(viewer=request.viewer, inquiry=inquiry, now=timezone.now(), **sent.model_dump())
    return _shown(request, inquiry_id)


@router.delete(f"{ONE}/closure", response=InquiryOut, summary="Open an inquiry again")
def reopen(request: Request, inquiry_id: int) -> dict[str, Any]:
    """Open a closed inquiry again, or take the turn back from the customer."""
    actions.reopen_inquiry(viewer=request.viewer, inquiry=_one(request, inquiry_id), now=timezone.now())
    return _shown(request, inquiry_id)


@router.put(f"{ONE}/snooze", response=InquiryOut, summary="Put an inquiry off")
def snooze(request: Request, inquiry_id: int, sent: SnoozeIn) -> dict[str, Any]:
    """Put an inquiry off until a time."""
    inquiry = _one(request, inquiry_id)
    actions.snooze(viewer=request.viewer, inquiry=inquiry, until=sent.until, now=timezone.now())
    return _shown(request, inquiry_id)


@router.delete(f"{ONE}/snooze", response=InquiryOut, summary="Bring an inquiry back")
def wake(request: Request, inquiry_id: int) -> dict[str, Any]:
    """Bring back what was put off."""
    actions.wake(viewer=request.viewer, inquiry=_one(request, inquiry_id), now=timezone.now())
    return _shown(request, inquiry_id)


@router.post(f"{ONE}/handover", response={201: InquiryOut}, summary="Hand an inquiry over")
def hand_over(request: Request, inquiry_id: int, sent: HandoverIn) -> Status:
    """Hand an inquiry to a department; its owner stays and its dues go on."""
    inquiry = _one(request, inquiry_id)
    department = Department.objects.filter(slug=sent.department, is_archived=False).first()
    if department is None:
        raise Refused(_("Please choose from the list."), field="department")
    actions.hand_over(
        viewer=request.viewer,
        inquiry=inquiry,
        department=department,
        ask=sent.ask,
        back_by=sent.back_by,
        now=timezone.now(),
    )
    return Status(201, _shown(request, inquiry_id))


@router.delete(f"{ONE}/handover", response=InquiryOut, summary="Take an inquiry back")
def take_back(request: Request, inquiry_id: int) -> dict[str, Any]:
    """Take an inquiry back before the department has answered."""
    actions.take_inquiry_back(viewer=request.viewer, inquiry=_one(request, inquiry_id), now=timezone.now())
    return _shown(request, inquiry_id)


@router.post(f"{ONE}/handover/answer", response={201: InquiryOut}, summary="Answer for a department")
def answer(request: Request, inquiry_id: int, sent: AnswerIn) -> Status:
    """Answer what a department was asked; the inquiry goes back to its owner."""
    inquiry = _one(request, inquiry_id)
    actions.answer_handover(viewer=request.viewer, inquiry=inquiry, answer=sent.answer, now=timezone.now())
    return Status(201, _shown(request, inquiry_id))


def _one(request: Request, inquiry_id: int) -> Any:
    require_reader(request.viewer)
    return queries.inquiry_for(request.viewer, inquiry_id)


def _shown(request: Request, inquiry_id: int) -> dict[str, Any]:
    return shown(request, queries.inquiry_for(request.viewer, inquiry_id))
