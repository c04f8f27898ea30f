"""Who may read hours. Pure predicates, so that queries may ask them too."""

from kizuna.core.members.models import Role
from kizuna.core.members.policies import ADMIN, MANAGERS, has_scope
from kizuna.core.members.viewer import Viewer

TEAM_READERS = MANAGERS | {Role.SUCCESS_MANAGER}


def can_see_effort(viewer: Viewer) -> bool:
    """Tell whether hours are there for the viewer: everybody of the team, moderators too."""
    return viewer.is_member and viewer.is_staff and has_scope(viewer, ADMIN)


def can_see_team(viewer: Viewer) -> bool:
    """Tell whether the viewer may see the sums of the team."""
    return can_see_effort(viewer) and bool(viewer.roles & TEAM_READERS)


def can_see_people(viewer: Viewer) -> bool:
    """Tell whether the viewer may see who worked how long: owners and admins."""
    return can_see_effort(viewer) and bool(viewer.roles & MANAGERS)
