"""What a viewer may do to the community. Predicates on the viewer; apps add their own on (viewer, thing)."""

from typing import Any

from kizuna.core.members.models import Role
from kizuna.core.members.viewer import Viewer

MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
MODERATORS = MANAGERS | {Role.MODERATOR}
DESK = MANAGERS | {Role.SUCCESS_MANAGER, Role.ANALYST}


class Refused(Exception):
    """A permission or a rule says no. `reason` is translatable and shown to the person; `field` names a form field."""

    def __init__(self, reason: Any, *, field: str = "", code: str = "refused") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.field = field
        self.code = code


def require(allowed: bool, reason: Any) -> None:
    """Raise Refused with `reason` unless `allowed`."""
    if not allowed:
        raise Refused(reason)


def can_act(viewer: Viewer) -> bool:
    """Tell whether the viewer may write anything: the one gate for web, API, mail-in and widget."""
    return viewer.is_member and not viewer.is_view_as


def can_manage(viewer: Viewer) -> bool:
    """Tell whether the viewer may use Studio."""
    return can_act(viewer) and bool(viewer.roles & MANAGERS)


def can_own(viewer: Viewer) -> bool:
    return can_act(viewer) and Role.OWNER in viewer.roles


def can_moderate(viewer: Viewer) -> bool:
    return can_act(viewer) and bool(viewer.roles & MODERATORS)


def can_use_desk(viewer: Viewer) -> bool:
    return viewer.is_member and bool(viewer.roles & DESK)
