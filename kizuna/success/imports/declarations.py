"""What imports offer: their page on the Desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AuditWords, NavigationItem, TouchpointChannel
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.policies import can_read
from kizuna.success.imports.kinds import cancellations, contracts, customers, nps, purchases, tickets, usage

KINDS = (customers, contracts, purchases, cancellations, tickets, nps, usage)


def _reads(*, viewer: Viewer) -> bool:
    return can_read(viewer)


SURVEYS = TouchpointChannel(
    "survey", _("Survey"), "clipboard-list", "c-d2", {"survey.answered": _("%(name)s answered a survey")}
)
DESK = NavigationItem("imports", pgettext_lazy("menu", "Import"), "imports:imports", "upload", _reads, place="desk")
AUDIT = AuditWords(
    "imports",
    {"table_import.begun": _("Import of a table begun"), "table_import.undone": _("Import of a table undone")},
    things={one.KIND.name: one.KIND.label for one in KINDS},
)
