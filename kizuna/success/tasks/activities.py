"""What can happen to tasks. The timeline is written by the actions themselves, so no channel is named here."""

from kizuna.core.activity.types import ActivityType

_OF: dict[str, type] = {"account": int, "owner": int}

TASK_MADE = ActivityType("task.made", "A task on a customer was made.", {**_OF, "is_given": bool})
TASK_CHANGED = ActivityType(
    "task.changed", "Title, words, owner or due day of a task were changed.", {**_OF, "fields": str}
)
TASK_HANDED = ActivityType("task.handed", "A task was handed to a department.", {**_OF, "department": int})
TASK_RETURNED = ActivityType(
    "task.returned", "A department answered and a task came back.", {**_OF, "department": int, "handed_by": int}
)
TASK_TAKEN_BACK = ActivityType(
    "task.taken_back", "A task was taken back from a department.", {**_OF, "department": int}
)
TASK_DONE = ActivityType("task.done", "A task was done.", _OF)
TASK_DROPPED = ActivityType("task.dropped", "A task was dropped undone.", _OF)
TASK_REOPENED = ActivityType("task.reopened", "A closed task was opened again.", _OF)
TASK_FELL_DUE = ActivityType("task.fell_due", "The due day of an open task has come.", _OF)
DEPARTMENT_DEFINED = ActivityType("department.defined", "A department was named, changed or put away.", {"slug": str})
