"""Hand an inquiry to a department, let it come back with an answer, or take it back. Its dues go on, its owner stays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.checking import text_of
from kizuna.success.inbox import activities, dues, policies
from kizuna.success.inbox.actions.replying import require_moment
from kizuna.success.inbox.actions.writing import locked, log, plans, tell
from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryHandover
from kizuna.success.tasks.models import Department, DepartmentMember

LONGEST = 10_000
What = InquiryChange.What


@transaction.atomic
def hand_over(
    *, viewer: Viewer, inquiry: Inquiry, department: Department, ask: str, back_by: datetime | None, now: datetime
) -> InquiryHandover:
    """Hand an inquiry to a department with what is asked of it and when it should be back."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    require(not inquiry.is_closed, _("This inquiry is closed. Open it again first."))
    require(inquiry.state != Inquiry.State.HANDED, _("It lies at a department already."))
    if department.is_archived:
        raise Refused(_("Please choose from the list."), field="department")
    if back_by is not None:
        require_moment(back_by, field="back_by", now=now)
    if inquiry.owner_id is None:  # whoever hands it on answers for it
        inquiry.owner_id = viewer.member_id
    handover = InquiryHandover.objects.create(
        inquiry=inquiry,
        department=department,
        ask=text_of({"ask": ask}, "ask", longest=LONGEST),
        by_id=viewer.member_id,
        at=now,
        back_by=back_by,
    )
    inquiry.state, inquiry.department, inquiry.snoozed_until = Inquiry.State.HANDED, department, None
    inquiry.updated_at = now
    dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
    dues.settle(inquiry)
    inquiry.save()
    props = {"department": department.pk}
    log(inquiry, What.HANDED, viewer=viewer, now=now, props={**props, "handover": handover.pk})
    tell(activities.INQUIRY_HANDED, inquiry, viewer=viewer, now=now, props=props)
    return handover


@transaction.atomic
def answer_handover(*, viewer: Viewer, inquiry: Inquiry, answer: str, now: datetime) -> InquiryHandover:
    """Answer what a department was asked; the inquiry comes back to its owner."""
    inquiry = locked(inquiry.pk)
    handover = _open_one(inquiry)
    seats = DepartmentMember.objects.filter(department=handover.department_id, member_id=viewer.own_id)
    may = policies.can_work(viewer) or (policies.can_answer(viewer) and seats.exists())
    require(may, _("Only the department and those who work on customers may answer."))
    answer = text_of({"answer": answer}, "answer", longest=LONGEST)
    if not answer:
        raise Refused(_("Please write the answer."), field="answer", code="empty")
    handover.answer = answer
    _back(inquiry, handover, viewer=viewer, now=now)
    return handover


@transaction.atomic
def take_inquiry_back(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> InquiryHandover:
    """Take an inquiry back before the department has answered."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    handover = _open_one(inquiry)
    _back(inquiry, handover, viewer=viewer, now=now)
    return handover


def _open_one(inquiry: Inquiry) -> InquiryHandover:
    handover = InquiryHandover.objects.filter(inquiry=inquiry, ended_at=None).first()
    if handover is None:
        raise Refused(_("It lies at no department."))
    return handover


def _back(inquiry: Inquiry, handover: InquiryHandover, *, viewer: Viewer, now: datetime) -> None:
    handover.ended_at, handover.ended_by_id = now, viewer.member_id
    handover.save(update_fields=["answer", "ended_at", "ended_by"])
    inquiry.state, inquiry.department, inquiry.updated_at = Inquiry.State.OPEN, None, now
    inquiry.save(update_fields=["state", "department", "updated_at"])
    is_answered = bool(handover.answer)
    lay = {"department": handover.department_id, "is_answered": is_answered}
    log(inquiry, What.RETURNED, viewer=viewer, now=now, props={**lay, "handover": handover.pk})
    props = {**lay, "handed_by": handover.by_id}
    tell(activities.INQUIRY_RETURNED, inquiry, viewer=viewer, now=now, props=props)
