"""What every change of a task does besides: the history, the timeline, the log."""

from datetime import datetime
from typing import Any

from kizuna.core.activity.actions import record
from kizuna.core.activity.types import ActivityType
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions import Touch, write_touchpoints
from kizuna.success.tasks import activities
from kizuna.success.tasks.models import Handover, Task, TaskChange

TARGET = "task"
VERBS = {
    TaskChange.What.MADE: activities.TASK_MADE,
    TaskChange.What.CHANGED: activities.TASK_CHANGED,
    TaskChange.What.HANDED: activities.TASK_HANDED,
    TaskChange.What.RETURNED: activities.TASK_RETURNED,
    TaskChange.What.TAKEN_BACK: activities.TASK_TAKEN_BACK,
    TaskChange.What.DONE: activities.TASK_DONE,
    TaskChange.What.DROPPED: activities.TASK_DROPPED,
    TaskChange.What.REOPENED: activities.TASK_REOPENED,
}
# Changes of words and days are in the history only: the timeline tells what happened with the customer.
ON_TIMELINE = set(TaskChange.What) - {TaskChange.What.CHANGED, TaskChange.What.TAKEN_BACK}
KEPT = ("title", "body", "owner_id", "contact_id", "state", "department_id")


def write_down(
    task: Task,
    what: TaskChange.What,
    *,
    viewer: Viewer,
    now: datetime,
    fields: list[str] | None = None,
    handover: Handover | None = None,
    props: dict[str, Any] | None = None,
) -> TaskChange:
    """Keep what the task is now, put it on the customer's timeline, and record it."""
    change = TaskChange.objects.create(
        task=task,
        what=what,
        at=now,
        by_id=viewer.member_id,
        fields=fields or [],
        state={**{name: getattr(task, name) for name in KEPT}, "due_on": task.due_on and task.due_on.isoformat()},
        handover=handover,
    )
    verb = VERBS[what]
    if what in ON_TIMELINE:
        write_touchpoints([_touch(task, change, verb, viewer=viewer, now=now)])
    record_task(verb, task, actor_id=viewer.member_id, now=now, props=props)
    return change


def record_task(
    verb: ActivityType, task: Task, *, actor_id: int | None, now: datetime, props: dict[str, Any] | None = None
) -> None:
    """Record something of a task with whose it is."""
    everybody = {"account": task.account_id, "owner": task.owner_id}
    record(verb, actor_id=actor_id, object_type=TARGET, object_id=task.pk, at=now, props={**everybody, **(props or {})})


def _touch(task: Task, change: TaskChange, verb: ActivityType, *, viewer: Viewer, now: datetime) -> Touch:
    return Touch(
        key=f"task:{task.pk}:{change.pk}",
        channel="task",
        at=now,
        account_id=task.account_id,
        contact_id=task.contact_id,
        member_id=viewer.member_id,
        kind=verb.verb,
        title=task.title,
        source_type=TARGET,
        source_id=task.pk,
        is_internal=True,
    )
