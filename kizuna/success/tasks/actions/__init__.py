"""Everything that writes tasks and departments."""

from kizuna.success.tasks.actions.departments import define_department
from kizuna.success.tasks.actions.forgetting import forget_person
from kizuna.success.tasks.actions.handing import answer_handover, hand_over, take_back
from kizuna.success.tasks.actions.tasks import (
    change_task,
    change_whole_task,
    complete_task,
    drop_task,
    make_task,
    make_tasks,
    reopen_task,
    tell_due,
)

__all__ = [
    "answer_handover",
    "change_task",
    "change_whole_task",
    "complete_task",
    "define_department",
    "drop_task",
    "forget_person",
    "hand_over",
    "make_task",
    "make_tasks",
    "reopen_task",
    "take_back",
    "tell_due",
]
