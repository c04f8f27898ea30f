"""Note who took customers out of the house."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies


@transaction.atomic
def note_export(*, viewer: Viewer, query: str, now: datetime) -> None:
    """Write down that the viewer exports a list, and which."""
    require(policies.can_read(viewer) and not viewer.is_view_as, _("This may not be exported."))
    log_manager_action(
        "customers.exported", member_id=viewer.member_id, subject="customers", after=query[:500], now=now
    )
