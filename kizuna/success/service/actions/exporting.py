"""Note who took figures out of the house."""

from datetime import datetime

from django.db import transaction

from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def note_export(*, viewer: Viewer, query: str, now: datetime) -> None:
    """Keep who exported figures, and which."""
    log_manager_action("service.exported", member_id=viewer.member_id, subject="service", after=query[:400], now=now)
