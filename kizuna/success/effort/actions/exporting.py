"""Note that hours left the house as a file."""

from datetime import datetime

from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.viewer import Viewer


def note_export(*, viewer: Viewer, query: str, now: datetime) -> None:
    """Keep who took which rows."""
    log_manager_action("effort.exported", member_id=viewer.member_id, subject=query, now=now)
