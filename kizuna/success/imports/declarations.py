"""What imports offer: their page on the Desk."""

from django.utils.translation import pgettext_lazy

from kizuna.base.registry import NavigationItem
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.policies import can_read


def _reads(*, viewer: Viewer) -> bool:
    return can_read(viewer)


DESK = NavigationItem("imports", pgettext_lazy("menu", "Import"), "imports:imports", "upload", _reads, place="desk")
