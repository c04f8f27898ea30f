"""Who keeps hours and who sees whose: one's own; owners and admins all; rows of a customer are the desk's."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import can_act, can_manage, require, require_sign_in
from kizuna.core.members.viewer import Viewer
from kizuna.success.effort.models import Effort
from kizuna.success.effort.readers import can_see_effort, can_see_people, can_see_team

__all__ = [
    "can_change",
    "can_close",
    "can_note_effort",
    "can_see_effort",
    "can_see_people",
    "can_see_team",
    "require_closer",
    "require_staff",
    "require_team",
]


def can_note_effort(viewer: Viewer) -> bool:
    """Tell whether the viewer may note their own hours."""
    return can_act(viewer) and can_see_effort(viewer)


def can_change(viewer: Viewer, effort: Effort) -> bool:
    """Tell whether the viewer may change this row."""
    return can_note_effort(viewer) and (effort.member_id == viewer.own_id or can_close(viewer))


def can_close(viewer: Viewer) -> bool:
    """Tell whether the viewer may close weeks and define functions."""
    return can_manage(viewer)


def require_staff(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor and Http404 for members who are not of the team."""
    require_sign_in(viewer)
    if not can_see_effort(viewer):
        raise Http404


def require_team(viewer: Viewer) -> None:
    """Raise Http404 for whoever may not see the sums of the team."""
    require_staff(viewer)
    if not can_see_team(viewer):
        raise Http404


def require_closer(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may close weeks and define functions."""
    require(can_close(viewer), _("Only owners and admins may do this."))
