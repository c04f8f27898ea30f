"""Who may read the audit log and handle what people ask for."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models import Role
from kizuna.core.members.policies import ADMIN, MANAGERS, can_act, can_manage, has_scope, require
from kizuna.core.members.viewer import Viewer

RECORDERS = MANAGERS | {Role.SUCCESS_MANAGER}


def can_handle(viewer: Viewer) -> bool:
    """Tell whether the viewer may decide on requests, make copies and erase: owners and admins."""
    return can_manage(viewer)


def can_record(viewer: Viewer) -> bool:
    """Tell whether the viewer may write down what somebody asked for or agreed to by telephone, mail or on paper."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & RECORDERS)


def require_handler(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may decide on requests."""
    require(can_handle(viewer), _("Only owners and admins may do this."))


def require_recorder(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may write down requests and consents of others."""
    require(can_record(viewer), _("Only the team may write this down."))
