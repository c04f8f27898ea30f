"""Who has a link, and who may say by whom somebody came."""

from kizuna.core.members.policies import can_act, can_manage, keeps_attributes
from kizuna.core.members.viewer import Viewer


def can_refer(viewer: Viewer) -> bool:
    """Tell whether the viewer may have a link of their own."""
    return can_act(viewer)


def can_switch(viewer: Viewer) -> bool:
    """Tell whether the viewer may switch links and write the share text."""
    return can_manage(viewer)


def can_set_referrer(viewer: Viewer) -> bool:
    """Tell whether the viewer may say by whom a member came: owner, admin, success manager."""
    return keeps_attributes(viewer)
