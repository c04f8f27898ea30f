"""Who may give words, who may ask and approve, who may read them for the site and for sales."""

from kizuna.core.members.policies import can_act, can_manage, can_use_desk
from kizuna.core.members.viewer import Viewer


def can_give(viewer: Viewer) -> bool:
    """Tell whether the viewer may give words of their own."""
    return can_act(viewer)


def can_decide(viewer: Viewer) -> bool:
    """Tell whether the viewer may ask members, and approve what they gave."""
    return can_manage(viewer)


def can_use_outside(viewer: Viewer) -> bool:
    """Tell whether the viewer may read what is meant for the site and for sales material."""
    return can_use_desk(viewer)
