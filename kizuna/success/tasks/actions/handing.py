"""Hand a task to a department, let it come back with an answer, or take it back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.checking import text_of
from kizuna.success.tasks import policies
from kizuna.success.tasks.actions.tasks import LONGEST, locked
from kizuna.success.tasks.actions.writing import write_down
from kizuna.success.tasks.models import Department, DepartmentMember, Handover, Task, TaskChange


@transaction.atomic
def hand_over(*, viewer: Viewer, task: Task, department: Department, ask: str, now: datetime) -> Handover:
    """Hand a task to a department with what is asked of it. Its owner stays and is told when it comes back."""
    policies.require_worker(viewer)
    task = locked(task)
    require(not task.is_closed, _("This task is closed."))
    require(task.state != Task.State.HANDED, _("This task lies at a department already."))
    if department.is_archived:
        raise Refused(_("Please choose from the list."), field="department")
    ask = text_of({"ask": ask}, "ask", longest=LONGEST)
    handover = Handover.objects.create(task=task, department=department, ask=ask, by_id=viewer.member_id, at=now)
    task.state, task.department, task.updated_at = Task.State.HANDED, department, now
    task.save(update_fields=["state", "department", "updated_at"])
    props = {"department": department.pk}
    write_down(task, TaskChange.What.HANDED, viewer=viewer, now=now, handover=handover, props=props)
    return handover


@transaction.atomic
def answer_handover(*, viewer: Viewer, task: Task, answer: str, now: datetime) -> Handover:
    """Answer what a department was asked; the task comes back to its owner."""
    task = locked(task)
    handover = _open_one(task)
    seats = DepartmentMember.objects.filter(department=handover.department_id, member_id=viewer.own_id)
    may = policies.can_answer(viewer, is_member_of_department=seats.exists())
    require(may, _("Only the department and those who work on customers may answer."))
    answer = text_of({"answer": answer}, "answer", longest=LONGEST)
    if not answer:
        raise Refused(_("Please write the answer."), field="answer", code="empty")
    handover.answer, handover.answered_by_id, handover.answered_at = answer, viewer.member_id, now
    handover.save(update_fields=["answer", "answered_by_id", "answered_at"])
    _back(task, Task.State.RETURNED, now=now)
    props: dict[str, Any] = {"department": handover.department_id, "handed_by": handover.by_id}
    write_down(task, TaskChange.What.RETURNED, viewer=viewer, now=now, handover=handover, props=props)
    return handover


@transaction.atomic
def take_back(*, viewer: Viewer, task: Task, now: datetime) -> Task:
    """Take a task back before the department has answered."""
    policies.require_worker(viewer)
    task = locked(task)
    handover = _open_one(task)
    handover.taken_back_at = now
    handover.save(update_fields=["taken_back_at"])
    _back(task, Task.State.OPEN, now=now)
    props = {"department": handover.department_id}
    write_down(task, TaskChange.What.TAKEN_BACK, viewer=viewer, now=now, handover=handover, props=props)
    return task


def _open_one(task: Task) -> Handover:
    handover = Handover.objects.filter(task=task, answered_at=None, taken_back_at=None).first()
    if handover is None:
        raise Refused(_("This task lies at no department."))
    return handover


def _back(task: Task, state: Task.State, *, now: datetime) -> None:
    task.state, task.updated_at = state, now
    task.save(update_fields=["state", "updated_at"])
