"""What tasks hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.customers.personal import OURS
from kizuna.success.tasks import actions
from kizuna.success.tasks.models import Task


def tasks(*, person: Person) -> Iterator[Any]:
    """Yield what the team has or had to do for the person."""
    rows = Task.objects.filter(contact_id=person.contact_id or 0).order_by("id")
    yield from rows.values("created_at", "title", "body", "state", "due_on", "closed_at").iterator(chunk_size=1000)


TASKS = PersonalData(
    "tasks.tasks",
    _("What the team has to do for you"),
    ("tasks.Task.contact",),
    tasks,
    erase=actions.forget_person,
    order=30,
    disclosure="withheld",
    withheld_because=OURS,
    kept_because=_("That there was a task, and its days, stay with the customer, without name and words."),
)
BY_STAFF = PersonalExempt(
    "tasks.by_staff",
    covers=(
        "tasks.DepartmentMember.member", "tasks.Task.owner", "tasks.Task.created_by", "tasks.Handover.by",
        "tasks.Handover.answered_by", "tasks.TaskChange.by",
    ),
    reason="Says who of the team has something to do or did it; an erased member's row has no name any more.",
)  # fmt: skip
