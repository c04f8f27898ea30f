"""Who keeps webhooks: owners and admins."""

from kizuna.core.members import policies
from kizuna.core.members.viewer import Viewer


def can_keep(viewer: Viewer) -> bool:
    """Tell whether the viewer may see and change endpoints."""
    return policies.can_manage(viewer)
