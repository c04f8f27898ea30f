"""What imports offer: their page on the Desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import NavigationItem, TouchpointChannel
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.policies import can_read


def _reads(*, viewer: Viewer) -> bool:
    return can_read(viewer)


SURVEYS = TouchpointChannel(
    "survey", _("Survey"), "clipboard-list", "c-d2", {"survey.answered": _("%(name)s answered a survey")}
)
DESK = NavigationItem("imports", pgettext_lazy("menu", "Import"), "imports:imports", "upload", _reads, place="desk")
