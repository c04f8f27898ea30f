"""Who may see tasks, work on them, answer for a department, and name departments."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import ADMIN, can_act, can_manage, has_scope, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers

can_read = customers.can_read
can_work = customers.can_work
require_reader = customers.require_reader


def can_answer(viewer: Viewer, *, is_member_of_department: bool) -> bool:
    """Tell whether the viewer may answer what lies at a department: those who work on customers, and its own members."""
    return can_work(viewer) or (
        can_read(viewer) and can_act(viewer) and has_scope(viewer, ADMIN) and is_member_of_department
    )


def can_define(viewer: Viewer) -> bool:
    """Tell whether the viewer may name departments and say who is in them."""
    return can_manage(viewer)


def require_worker(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may change tasks."""
    require(can_work(viewer), _("You may read tasks, but not change them."))
