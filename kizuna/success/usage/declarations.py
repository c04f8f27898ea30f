"""What this app offers to lower ones."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import NavigationItem, Rebuild
from kizuna.core.members.viewer import Viewer
from kizuna.success.usage import folding
from kizuna.success.usage.policies import can_see_usage


def rebuild(*, report: Callable[[str], None]) -> int:
    """Count every kept event again."""
    return folding.rebuild(report=report, clock=timezone.now)


def _shown(*, viewer: Viewer) -> bool:
    return can_see_usage(viewer)


REBUILD = Rebuild("usage", rebuild)
DESK = NavigationItem("desk-usage", _("Product usage"), "usage:overview", "activity", _shown, place="desk")
