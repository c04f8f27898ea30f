"""Who may read inquiries and who may work on them: as with customers."""

from kizuna.core.members.policies import ADMIN, can_act, has_scope
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers

can_read = customers.can_read
can_work = customers.can_work
can_define = customers.can_define
require_reader = customers.require_reader
require_worker = customers.require_worker


def can_answer(viewer: Viewer) -> bool:
    """Tell whether the viewer may answer what their department is asked: whoever reads the desk and may write."""
    return can_read(viewer) and can_act(viewer) and has_scope(viewer, ADMIN)
