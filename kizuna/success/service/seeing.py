"""Whose figures the viewer may see: managers everybody's, each their own."""

from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer


def sees_people(viewer: Viewer) -> bool:
    """Tell whether the viewer may see the figures of each colleague."""
    return can_manage(viewer)


def sees_person(viewer: Viewer, member_id: int | None) -> bool:
    """Tell whether the viewer may see the figures of this colleague."""
    return sees_people(viewer) or (viewer.is_member and member_id == viewer.member_id)
