"""Who sets the widget, and from where it is answered."""

from django.http import Http404

from kizuna.base.hosting import links
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused, can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.widget.settings import PLACED


class HostileOrigin(Refused):
    """The page that asks is not one on which the widget may stand."""

    def __init__(self) -> None:
        super().__init__("This origin is not listed.", code="origin")


def can_place(viewer: Viewer) -> bool:
    """Tell whether the viewer may set the widget."""
    return can_manage(viewer)


def require_origin(origin: str, *, host: str) -> None:
    """Raise Http404 while the widget is off, and HostileOrigin unless a page of this origin may hold it.

    The community's own pages may: the preview in Studio is one. Browsers write origins; nothing is guessed or completed.
    """
    placed = setting(PLACED)
    if not placed["is_on"]:
        raise Http404
    own = {links.base_url(), f"http://{host}", f"https://{host}"}
    if not origin or (origin not in placed["origins"] and origin not in own):
        raise HostileOrigin
