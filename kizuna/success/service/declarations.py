"""What the service board offers: its page, its rebuild, its words in the audit log."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, NavigationItem, Rebuild
from kizuna.core.members.viewer import Viewer
from kizuna.success.service import actions, policies


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


DESK = NavigationItem("service", _("Service figures"), "service:board", "chart-line", _reads, place="desk")
REBUILD = Rebuild("service", actions.rebuild)
AUDIT = AuditWords("service", {"service.exported": _("Service figures exported")})
