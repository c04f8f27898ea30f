"""What this app offers to Studio's navigation and to `kizuna rebuild`."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import NavigationItem
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.rebuild import REBUILD

__all__ = ["REBUILD", "STUDIO"]


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


STUDIO = NavigationItem(
    "searches",
    _("What people search for"),
    "search:studio-searches",
    "trending-up",
    _for_managers,
    place="studio",
    section="content",
)
