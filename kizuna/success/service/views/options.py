"""What the board can be narrowed to."""

from typing import Any

from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import forms
from kizuna.success.inbox import wording as inbox
from kizuna.success.service import policies, queries, wording
from kizuna.success.service.queries import BoardFilter
from kizuna.success.service.queries.span import REPEATS
from kizuna.success.tasks.models import Department
from kizuna.success.tasks.wording import department_name


def of(viewer: Viewer, wanted: BoardFilter) -> dict[str, Any]:
    """Return the choices of the form above the board."""
    departments = Department.objects.filter(is_archived=False).order_by("position", "pk")
    people = [(str(value), name) for value, name in forms.people() if value] if policies.can_see_people(viewer) else []
    return {
        "presets": [(value, word, value == wanted.preset) for value, word in wording.PRESETS.items()],
        "departments": [(one.pk, department_name(one, language=viewer.language)) for one in departments],
        "owners": people,
        "channels": inbox.CHANNELS.items(),
        "categories": queries.categories(viewer),
        "repeats": REPEATS,
    }
