"""Who may read calls and write them down: those who may read and work on customers; managers set telephone systems up."""

from kizuna.core.members.policies import can_manage, require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls.models import Call
from kizuna.success.encounters import policies as encounters

can_read = encounters.can_read
can_work = encounters.can_work
require_reader = encounters.require_reader
require_worker = encounters.require_worker
can_keep_sources = can_manage
require_keeper = require_manager


def can_change(viewer: Viewer, call: Call) -> bool:
    """Tell whether the viewer may change what is written: who wrote or took the call, managers; what nobody wrote, anybody."""
    if call.encounter is not None and not encounters.can_change(viewer, call.encounter):
        return can_work(viewer) and call.member_id == viewer.member_id
    return can_work(viewer)
