"""Read tasks: what may be seen, lists by key, what needs somebody, what happened to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Change, Opened
from kizuna.core.members.models import Member, RoleGrant
from kizuna.core.members.policies import DESK, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Contact
from kizuna.success.customers.queries.account import read_once
from kizuna.success.tasks.models import CLOSED, WAITING, Department, DepartmentMember, Handover, Task, TaskChange

PAGE = 50
LOOKED_AT = 50
WRITTEN = ("title", "body", "owner_id", "contact_id", "due_on")
SHOWN_STATES = ("waiting", "open", "handed", "returned", "closed")
STATES_OF = {"waiting": WAITING, "closed": CLOSED}


@dataclass(frozen=True)
class TaskFilter:
    """What the list was narrowed to, as its address says it. `owner`: "" anybody, "me", "none", or a member's id."""

    owner: str = ""
    state: str = "waiting"
    department: str = ""
    is_late: bool = False
    account_id: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "TaskFilter":
        """Read an address; what makes no sense in it is left out."""
        owner, state = str(params.get("owner", "")), str(params.get("state", ""))
        return cls(
            owner=owner if owner in ("me", "none") or whole(owner) is not None else "",
            state=state if state in SHOWN_STATES else "waiting",
            department=str(params.get("department", ""))[:40],
            is_late=params.get("late") == "1",
            account_id=whole(params.get("account")),
        )

    def query(self) -> list[tuple[str, str]]:
        """Return the filter as parts of an address: what is as usual is not said."""
        said = [
            ("owner", self.owner),
            ("state", "" if self.state == "waiting" else self.state),
            ("department", self.department),
            ("late", "1" if self.is_late else ""),
            ("account", str(self.account_id or "")),
        ]
        return [(name, value) for name, value in said if value]


@dataclass(frozen=True)
class TaskPage:
    tasks: list[Task]
    after: str


@dataclass(frozen=True)
class Needs:
    """What needs somebody: their own open tasks by day, what came back to them, what lies at their departments."""

    mine: list[Task]
    returned: list[Task]
    asked: list[Task]


def tasks_visible_to(viewer: Viewer) -> QuerySet[Task]:
    """Return the tasks the viewer may see: all, for those with the desk."""
    return Task.objects.all() if can_use_desk(viewer) else Task.objects.none()


def task_for(viewer: Viewer, task_id: int) -> Task:
    """Return a task, or Http404."""
    tasks = tasks_visible_to(viewer).select_related("account", "contact", "owner", "department", "created_by")
    task = tasks.filter(pk=task_id).first()
    if task is None:
        raise Http404
    return task


def filtered(viewer: Viewer, wanted: TaskFilter, *, today: date) -> QuerySet[Task]:
    """Return the tasks a filter leaves."""
    states = STATES_OF.get(wanted.state, (wanted.state,))
    tasks = tasks_visible_to(viewer).filter(state__in=states)
    if wanted.owner:
        owner_id = {"none": None, "me": viewer.own_id}.get(wanted.owner, whole(wanted.owner))
        tasks = tasks.filter(owner_id=owner_id)
    if wanted.department:
        tasks = tasks.filter(department__slug=wanted.department)
    if wanted.is_late:
        tasks = tasks.filter(order_on__lt=today)
    if wanted.account_id is not None:
        tasks = tasks.filter(account_id=wanted.account_id)
    return tasks


def page_of_tasks(
    viewer: Viewer, wanted: TaskFilter, *, today: date, after: str = "", limit: int = PAGE
) -> TaskPage:  # fmt: skip
    """Return a part of the list by due day, those without one last; closed ones by the day they had, latest first."""
    tasks = filtered(viewer, wanted, today=today)
    is_down = wanted.state == "closed"
    if after:
        day, pk = _read_key(after)
        beyond, op = ("lt", Q(order_on=day, id__lt=pk)) if is_down else ("gt", Q(order_on=day, id__gt=pk))
        tasks = tasks.filter(Q(**{f"order_on__{beyond}": day}) | op)
    order = ("-order_on", "-id") if is_down else ("order_on", "id")
    found = list(tasks.order_by(*order).select_related("account", "owner", "department")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return TaskPage(found[:limit], cursor([last.order_on.isoformat(), last.pk]) if last else "")


def open_tasks_of(viewer: Viewer, account: Account) -> list[Task]:
    """Return the first LOOKED_AT open tasks of an account, the next due first: read once for all parts of its page."""
    tasks = tasks_visible_to(viewer).filter(account=account, state__in=WAITING)
    first = tasks.order_by("order_on", "id").select_related("owner", "department")[:LOOKED_AT]
    return read_once(account, "tasks", lambda: list(first))


def pressing_tasks_of(viewer: Viewer, account: Account, *, today: date) -> list[Task]:
    """Return an account's tasks that came back or are late, the longest late first."""
    known = open_tasks_of(viewer, account)
    if len(known) < LOOKED_AT:
        return [task for task in known if task.state == Task.State.RETURNED or task.is_late(today)]
    tasks = tasks_visible_to(viewer).filter(account=account, state__in=WAITING)
    pressing = tasks.filter(Q(state=Task.State.RETURNED) | Q(order_on__lt=today))
    return list(pressing.order_by("order_on", "id").select_related("department")[:LOOKED_AT])


def needs_of(viewer: Viewer, *, until: date, limit: int = 10) -> Needs:
    """Return what needs the viewer: due by a day, come back, and asked of their departments."""
    seen = tasks_visible_to(viewer).select_related("account", "owner", "department").order_by("order_on", "id")
    mine = seen.filter(owner_id=viewer.own_id)
    own = DepartmentMember.objects.filter(member_id=viewer.own_id).values("department_id")
    return Needs(
        mine=list(mine.filter(state__in=(Task.State.OPEN, Task.State.HANDED), order_on__lte=until)[:limit]),
        returned=list(mine.filter(state=Task.State.RETURNED)[:limit]),
        asked=list(seen.filter(state=Task.State.HANDED, department_id__in=own)[:limit]),
    )


def handovers_of(task: Task) -> list[Handover]:
    """Return where a task lay, the latest first."""
    people = ("department", "by", "answered_by")
    return list(task.handovers.select_related(*people).order_by("-at", "-pk")[:50])


def changes_of(task: Task) -> list[TaskChange]:
    """Return what happened to a task, the latest first."""
    return list(task.changes.select_related("by", "handover__department").order_by("-at", "-pk")[:100])


def task_opened(task: Task) -> Opened:
    """Return what the form of a task is opened on."""
    values = {name: getattr(task, name) for name in WRITTEN}
    return Opened.on(values, number=task.changes.order_by("-pk").values_list("pk", flat=True).first())


def changes_after(task: Task, *, after: int) -> list[Change]:
    """Return who changed what is written of a task after a change, the latest first."""
    rows = TaskChange.objects.filter(task=task, what=TaskChange.What.CHANGED, pk__gt=after)
    return [
        Change(row.by.name if row.by else "", row.at, row.fields)
        for row in rows.select_related("by").order_by("-pk")[:20]
    ]


def latest_handovers(task_ids: list[int]) -> dict[int, Handover]:
    """Return the last handover of each task."""
    rows = Handover.objects.filter(task_id__in=task_ids).select_related("by", "answered_by").order_by("at", "pk")
    return {row.task_id: row for row in rows}


def departments() -> list[Department]:
    """Return the departments that can be chosen, in order."""
    return list(Department.objects.filter(is_archived=False).order_by("position", "pk"))


def all_departments() -> list[Department]:
    """Return every department with the number of its members, those put away last."""
    counted = Department.objects.annotate(seat_count=Count("seats"))
    return list(counted.order_by("is_archived", "position", "pk"))


def department_for(department_id: int) -> Department:
    """Return a department, or Http404."""
    department = Department.objects.filter(pk=department_id).first()
    if department is None:
        raise Http404
    return department


def members_of(department: Department) -> list[int]:
    return list(department.seats.values_list("member_id", flat=True))


def is_in_department(viewer: Viewer, department_id: int | None) -> bool:
    """Tell whether the viewer sits in a department."""
    if department_id is None:
        return False
    return DepartmentMember.objects.filter(department_id=department_id, member_id=viewer.own_id).exists()


def desk_team() -> list[Member]:
    """Return whom a task can be given to: the colleagues with the desk."""
    grants = RoleGrant.objects.filter(member_id=OuterRef("pk"), role__in=DESK)
    team = Member.objects.filter(Exists(grants), state=Member.State.ACTIVE, is_system=False)
    return list(team.order_by("reading", "id"))


def people_at(account: Account) -> list[Contact]:
    """Return who works at an account, for the choice of a person."""
    return list(
        Contact.objects.filter(employments__account=account, employments__ended_at=None)
        .distinct()
        .order_by("reading", "id")[:200]
    )


def _read_key(after: str) -> tuple[date, int]:
    day, pk = read_cursor(after, types=[str, int])
    try:
        return date.fromisoformat(day), pk
    except ValueError:
        raise BadCursor(after) from None
