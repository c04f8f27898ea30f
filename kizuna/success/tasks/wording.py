"""Words of tasks: states and their tones, what happened, names of departments, days."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kizuna.core.community.settings import in_language
from kizuna.success.customers.wording import days_left
from kizuna.success.tasks.models import Department, Handover, Task, TaskChange

STATES = {
    Task.State.OPEN: pgettext_lazy("task", "To do"),
    Task.State.HANDED: gettext_lazy("Lies at a department"),
    Task.State.RETURNED: gettext_lazy("Came back"),
    Task.State.DONE: pgettext_lazy("task", "Done"),
    Task.State.DROPPED: gettext_lazy("Dropped"),
}
TONES = {Task.State.HANDED: "brand", Task.State.RETURNED: "warn", Task.State.DONE: "good"}
FILTERS = {
    "waiting": gettext_lazy("Not closed"),
    Task.State.OPEN: STATES[Task.State.OPEN],
    Task.State.HANDED: STATES[Task.State.HANDED],
    Task.State.RETURNED: STATES[Task.State.RETURNED],
    "closed": pgettext_lazy("task", "Closed"),
}
HAPPENED = {
    TaskChange.What.MADE: gettext_lazy("%(name)s made a task"),
    TaskChange.What.CHANGED: gettext_lazy("%(name)s changed the task"),
    TaskChange.What.HANDED: gettext_lazy("%(name)s handed a task to another department"),
    TaskChange.What.RETURNED: gettext_lazy("%(name)s answered for a department"),
    TaskChange.What.TAKEN_BACK: gettext_lazy("%(name)s took the task back"),
    TaskChange.What.DONE: gettext_lazy("%(name)s finished a task"),
    TaskChange.What.DROPPED: gettext_lazy("%(name)s dropped a task"),
    TaskChange.What.REOPENED: gettext_lazy("%(name)s opened a task again"),
}
CHANGED = {
    "title": pgettext_lazy("task", "Title"),
    "body": pgettext_lazy("task", "Details"),
    "owner": pgettext_lazy("task", "Owner"),
    "contact": gettext_lazy("Person"),
    "due_on": gettext_lazy("Due day"),
}


def department_name(department: Department | None, language: str) -> str:
    """Return a department's name in a language."""
    return in_language(department.name, language) if department else ""


def due(task: Task, *, today: date) -> dict[str, Any] | None:
    """Say when a task is due: day, word and tone. A closed task is never late."""
    left = days_left(task.due_on, today=today)
    if left is None or task.is_closed:
        return left and {**left, "word": "", "tone": ""}
    days = -left["days"]
    if days > 0:
        word = ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
        return {**left, "word": word, "tone": "bad"}
    return {**left, "tone": "warn" if left["days"] <= 3 else "line"}


def where(task: Task, handover: Handover | None, *, language: str) -> str:
    """Say in one line where a task lies or from where it came back."""
    if handover is None:
        return ""
    names = {"department": department_name(task.department, language)}
    if task.state == Task.State.HANDED:
        return _("%(department)s has been asked") % names
    return _("%(department)s has answered") % names if task.state == Task.State.RETURNED else ""


def row_of(task: Task, handover: Handover | None, *, today: date, language: str) -> dict[str, Any]:
    """Return a task as plain values for a list."""
    state = Task.State(task.state)
    return {
        "task": task,
        "state": STATES[state],
        "tone": TONES.get(state, "line"),
        "due": due(task, today=today),
        "department": department_name(task.department, language) if state == Task.State.HANDED else "",
        "where": where(task, handover, language=language),
        "since": (handover.answered_at or handover.at) if handover else None,
        "answer": handover.answer if handover and state == Task.State.RETURNED else "",
    }


def rows_of(tasks: list[Task], handovers: dict[int, Handover], *, today: date, language: str) -> list[dict[str, Any]]:
    """Return tasks as plain values."""
    return [row_of(task, handovers.get(task.pk), today=today, language=language) for task in tasks]
