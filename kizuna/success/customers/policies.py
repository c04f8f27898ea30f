"""Who may read the desk of customers and who may work on it."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models import Role
from kizuna.core.members.policies import (
    ADMIN,
    DESK,
    MANAGERS,
    can_act,
    can_manage,
    can_use_desk,
    has_scope,
    require,
    require_sign_in,
)
from kizuna.core.members.viewer import Viewer

WORKERS = MANAGERS | {Role.SUCCESS_MANAGER}
DESK_ROLES = DESK


def can_read(viewer: Viewer) -> bool:
    """Tell whether the viewer may see customers: owner, admin, success manager, analyst."""
    return can_use_desk(viewer)


def can_work(viewer: Viewer) -> bool:
    """Tell whether the viewer may change customers: everybody who may see them but the analyst."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & WORKERS)


def can_define(viewer: Viewer) -> bool:
    """Tell whether the viewer may define fields for accounts."""
    return can_manage(viewer)


def require_reader(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor and Http404 for members without the desk: for them it is not there."""
    require_sign_in(viewer)
    if not can_read(viewer):
        raise Http404


def require_worker(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may change customers."""
    require(can_work(viewer), _("You may read customers, but not change them."))
