"""Who may read what people answered and who may add to it: the desk, and of it those who work with customers."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models import Role
from kizuna.core.members.policies import ADMIN, MANAGERS, can_act, can_use_desk, has_scope, require, require_sign_in
from kizuna.core.members.viewer import Viewer

WORKERS = MANAGERS | {Role.SUCCESS_MANAGER}


def can_read(viewer: Viewer) -> bool:
    """Tell whether the viewer may read answers: whoever has the desk."""
    return can_use_desk(viewer)


def can_work(viewer: Viewer) -> bool:
    """Tell whether the viewer may make surveys and note answers."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & WORKERS)


def require_reader(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor and Http404 for members without the desk."""
    require_sign_in(viewer)
    if not can_read(viewer):
        raise Http404


def require_worker(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may note answers."""
    require(can_work(viewer), _("You may read answers, but not add any."))
