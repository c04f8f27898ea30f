"""Who may answer many and keep templates: as with inquiries. A personal template is its writer's alone."""

from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.success.answering.models import Macro
from kizuna.success.inbox.policies import can_read, can_work, require_reader, require_worker

__all__ = ["can_keep", "can_manage", "can_read", "can_work", "require_reader", "require_worker"]


def can_keep(viewer: Viewer, macro: Macro | None) -> bool:
    """Tell whether the viewer may change a template: their own, or one that is everybody's."""
    return can_work(viewer) and (macro is None or macro.member_id is None or macro.member_id == viewer.member_id)
