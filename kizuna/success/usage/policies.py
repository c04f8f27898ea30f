"""Who may send usage, and who sees how it arrives. What comes in is believed, so a plain member may not send it."""

from django.http import Http404

from kizuna.core.members.models import Role
from kizuna.core.members.policies import ADMIN, MANAGERS, USAGE_WRITE, has_scope, require_sign_in
from kizuna.core.members.viewer import Viewer

KEEPERS = MANAGERS | {Role.SUCCESS_MANAGER}


def can_send_usage(viewer: Viewer) -> bool:
    """Tell whether the viewer's token may bring usage events."""
    return (
        viewer.is_member and not viewer.is_view_as and has_scope(viewer, USAGE_WRITE) and bool(viewer.roles & KEEPERS)
    )


def can_see_usage(viewer: Viewer) -> bool:
    """Tell whether the viewer may see what arrives and from which key."""
    return viewer.is_member and has_scope(viewer, ADMIN) and bool(viewer.roles & KEEPERS)


def require_usage(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor and Http404 for whoever may not see usage: for them it is not there."""
    require_sign_in(viewer)
    if not can_see_usage(viewer):
        raise Http404
