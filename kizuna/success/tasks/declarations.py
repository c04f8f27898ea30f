"""What tasks declare: a page of the desk, a target, a channel, blocks, and what can be begun for a customer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.base.registry import (
    AccountAction,
    AccountPart,
    AccountRows,
    DeskPart,
    NavigationItem,
    Step,
    StepRule,
    Target,
    TouchpointChannel,
)
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Account
from kizuna.success.tasks import policies, queries, wording
from kizuna.success.tasks.models import Task

SHOWN = 8
SOON = timedelta(days=3)


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _works(*, viewer: Viewer) -> bool:
    return policies.can_work(viewer)


def _tasks(*, viewer: Viewer, ids: list[int]) -> dict[int, Task]:
    return queries.tasks_visible_to(viewer).in_bulk(ids)


def _url(*, row: Task) -> str:
    return f"/desk/tasks/{row.pk}/"


def _title(*, row: Task) -> str:
    return row.title


def _nothing(*, row: Task) -> str:
    return ""


def _new(*, account_id: int) -> str:
    return f"{reverse('tasks:new')}?account={account_id}"


def _of_account(*, viewer: Viewer, account: Account, now: datetime) -> dict[str, Any]:
    tasks = queries.open_tasks_of(viewer, account)
    return {"rows": _rows(tasks[:SHOWN], viewer, now), "is_more": len(tasks) > SHOWN}


def _of_desk(*, viewer: Viewer, now: datetime) -> dict[str, Any] | None:
    needs = queries.needs_of(viewer, until=local_day(now) + SOON)
    blocks = [
        (_("Your tasks, late or due soon"), needs.mine, "owner=me"),
        (_("Came back to you"), needs.returned, "owner=me&state=returned"),
        (_("Asked of your department"), needs.asked, "state=handed"),
    ]
    shown = [
        {"title": title, "rows": _rows(tasks, viewer, now), "url": f"{reverse('tasks:list')}?{query}"}
        for title, tasks, query in blocks
        if tasks
    ]
    return {"blocks": shown} if shown else None


def _steps(*, viewer: Viewer, account: Account, now: datetime) -> Iterator[Step]:
    """Propose to go on with what came back, and to do what is late."""
    today = local_day(now)
    tasks = queries.pressing_tasks_of(viewer, account, today=today)
    returned = [task for task in tasks if task.state == Task.State.RETURNED]
    late = [task for task in tasks if task.is_late(today)]
    if returned:
        names = {"department": wording.department_name(returned[0].department, viewer.language)}
        reason = _("%(department)s has answered “%(title)s”.") % {**names, "title": returned[0].title}
        yield Step(
            22, _("Go on with a task that came back"), reason, _url(row=returned[0]), _("Open the task"),
            key="task-returned", fact=str(returned[0].pk),
        )  # fmt: skip
    if late:
        day = date_format(late[0].order_on, "DATE_FORMAT")
        reason = _("“%(title)s” was due on %(day)s.") % {"title": late[0].title, "day": day}
        yield Step(
            14, _("Do the task that is late"), reason, _url(row=late[0]), _("Open the task"), key="task-late",
            fact=f"{late[0].pk} {late[0].order_on}",
        )  # fmt: skip


def _rows(tasks: list[Task], viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    handed = [task.pk for task in tasks if task.state != Task.State.OPEN]
    handovers = queries.latest_handovers(handed) if handed else {}
    return wording.rows_of(tasks, handovers, today=local_day(now), language=viewer.language)


TASKS = NavigationItem("tasks", gettext_lazy("Tasks"), "tasks:list", "list-todo", _reads, place="desk")
TASK = Target("task", pgettext_lazy("desk", "Task"), _tasks, _url, _title, _nothing)
CHANNEL = TouchpointChannel(
    "task",
    pgettext_lazy("desk", "Task"),
    "list-todo",
    "c-d5",
    {f"task.{what.value}": words for what, words in wording.HAPPENED.items()},
    is_contact=False,
)
ON_ACCOUNT = AccountPart("tasks", "tasks/_account.html", _of_account)
ON_DESK = DeskPart("tasks", "tasks/_desk.html", _of_desk)
STEPS = StepRule("tasks", _steps)
ROWS = AccountRows("tasks", gettext_lazy("Tasks"), lambda: Task)
NEW = AccountAction(
    "task", gettext_lazy("New task"), pgettext_lazy("desk", "Task"), "list-todo", _new, _works, "/desk/tasks/many/"
)
