"""Who may read encounters and write them down: those who may read and work on customers."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers
from kizuna.success.encounters.models import Encounter

can_read = customers.can_read
can_work = customers.can_work
require_reader = customers.require_reader


def can_change(viewer: Viewer, encounter: Encounter) -> bool:
    """Tell whether the viewer may change what is written: its author, and managers; what the system wrote, everybody who works."""
    is_own = encounter.author_id == viewer.member_id or (encounter.author is not None and encounter.author.is_system)
    return can_work(viewer) and (is_own or customers.can_define(viewer))


def require_worker(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may work on customers."""
    require(can_work(viewer), _("You may read customers, but not change them."))
