"""Tasks in the REST API, for those with the desk."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers.api.asking import account_of, with_owner
from kizuna.success.tasks import actions, queries
from kizuna.success.tasks.models import Department, Handover, Task
from kizuna.success.tasks.policies import require_reader

router = Router(tags=["tasks"])
SHOWN = ("id", "account_id", "contact_id", "title", "body", "due_on", "state", "created_at", "updated_at", "closed_at")


class TaskIn(Input):
    account_id: int
    title: str
    body: str = ""
    owner: str = Field("", description="The handle of whoever does it.")
    contact_id: int | None = None
    due_on: date | None = None


class TaskPatch(Input):
    title: str = ""
    body: str = ""
    owner: str = Field("", description="The handle of whoever does it; empty for nobody.")
    contact_id: int | None = None
    due_on: date | None = None
    state: str = Field("", description="`open`, `done` or `dropped`; the others follow from handovers.")


class HandoverIn(Input):
    department: str = Field(description="The name of the department in addresses, such as `development`.")
    ask: str = ""


class AnswerIn(Input):
    answer: str


class HandoverOut(Schema):
    department: str
    ask: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    taken_back_at: datetime | None


class TaskOut(Schema):
    id: int
    account_id: int
    contact_id: int | None
    title: str
    body: str
    owner: str = Field(description="The handle of whoever does it, or empty.")
    due_on: date | None
    state: str = Field(description="`open`, `handed`, `returned`, `done` or `dropped`.")
    department: str = Field(description="Where it lies, or lay last.")
    handovers: list[HandoverOut] = Field(description="The latest first.")
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    url: str


class TaskPage(PageOut):
    items: list[TaskOut]


class TaskQuery(PageQuery):
    account: int | None = Field(None, description="Only tasks of this account.")
    owner: str = Field("", description="Only tasks of the member with this handle.")
    state: str = Field("", description="Only tasks in this state.")
    department: str = Field("", description="Only tasks that lie or lay last at this department.")


@router.get("/tasks", response=TaskPage, exclude_unset=True, summary="List tasks")
def list_tasks(request: Request, page: Query[TaskQuery]) -> dict[str, Any]:
    """List tasks on customers, closed ones too."""
    require_reader(request.viewer)
    tasks = queries.tasks_visible_to(request.viewer)
    if page.account is not None:
        tasks = tasks.filter(account=account_of(request, page.account))
    if page.owner:
        tasks = tasks.filter(owner__handle=page.owner)
    if page.state:
        tasks = tasks.filter(state=page.state)
    if page.department:
        tasks = tasks.filter(department__slug=page.department)
    tasks = tasks.select_related("owner", "department").prefetch_related(
        "handovers__department", "handovers__by", "handovers__answered_by"
    )
    return page_of(tasks, query=page, order=["id"], shown=lambda row: _task(request, row))


@router.post("/tasks", response={201: TaskOut}, summary="Make a task")
def make_task(request: Request, sent: TaskIn) -> Status:
    """Make a task on a customer."""
    require_reader(request.viewer)
    fields = with_owner(sent.model_dump())
    account = account_of(request, fields.pop("account_id"))
    task = actions.make_task(viewer=request.viewer, account=account, fields=fields, now=timezone.now())
    return Status(201, _task(request, queries.task_for(request.viewer, task.pk)))


@router.get("/tasks/{id:task_id}", response=TaskOut, summary="Read a task")
def read_task(request: Request, task_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _task(request, queries.task_for(request.viewer, task_id))


@router.patch("/tasks/{id:task_id}", response=TaskOut, summary="Change a task")
def change_task(request: Request, task_id: int, sent: TaskPatch) -> dict[str, Any]:
    """Change the fields that are sent; `state` finishes, drops or reopens."""
    require_reader(request.viewer)
    task = queries.task_for(request.viewer, task_id)
    fields = with_owner(sent.model_dump(exclude_unset=True))
    actions.change_whole_task(viewer=request.viewer, task=task, fields=fields, now=timezone.now())
    return _task(request, queries.task_for(request.viewer, task_id))


@router.post("/tasks/{id:task_id}/handover", response={201: TaskOut}, summary="Hand a task over")
def hand_over(request: Request, task_id: int, sent: HandoverIn) -> Status:
    """Hand a task to a department; its owner stays."""
    require_reader(request.viewer)
    task = queries.task_for(request.viewer, task_id)
    department = Department.objects.filter(slug=sent.department, is_archived=False).first()
    if department is None:
        raise Refused(_("Please choose from the list."), field="department")
    actions.hand_over(viewer=request.viewer, task=task, department=department, ask=sent.ask, now=timezone.now())
    return Status(201, _task(request, queries.task_for(request.viewer, task_id)))


@router.delete("/tasks/{id:task_id}/handover", response=TaskOut, summary="Take a task back")
def take_back(request: Request, task_id: int) -> dict[str, Any]:
    """Take a task back before the department has answered."""
    require_reader(request.viewer)
    actions.take_back(
        viewer=request.viewer, task=queries.task_for(request.viewer, task_id), now=timezone.now()
    )  # fmt: skip
    return _task(request, queries.task_for(request.viewer, task_id))


@router.post("/tasks/{id:task_id}/answer", response={201: TaskOut}, summary="Answer for a department")
def answer_task(request: Request, task_id: int, sent: AnswerIn) -> Status:
    """Answer what a department was asked; the task goes back to its owner."""
    require_reader(request.viewer)
    task = queries.task_for(request.viewer, task_id)
    actions.answer_handover(viewer=request.viewer, task=task, answer=sent.answer, now=timezone.now())
    return Status(201, _task(request, queries.task_for(request.viewer, task_id)))


def _task(request: Request, task: Task) -> dict[str, Any]:
    handovers = sorted(task.handovers.all(), key=lambda row: (row.at, row.pk), reverse=True)
    return {
        **{name: getattr(task, name) for name in SHOWN},
        "owner": task.owner.handle if task.owner else "",
        "department": task.department.slug if task.department else "",
        "handovers": [_handover(row) for row in handovers],
        "url": whole(request, f"/desk/tasks/{task.pk}/"),
    }


def _handover(row: Handover) -> dict[str, Any]:
    names = ("ask", "at", "answer", "answered_at", "taken_back_at")
    return {
        **{name: getattr(row, name) for name in names},
        "department": row.department.slug,
        "by": row.by.handle if row.by else "",
        "answered_by": row.answered_by.handle if row.answered_by else "",
    }
