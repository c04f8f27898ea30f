"""Change how mail comes in."""

from datetime import datetime

from django.db import transaction

from kizuna.core.community.actions import change_setting
from kizuna.core.inbound.settings import RAW_DAYS, RECEIVER
from kizuna.core.members.policies import require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.settings import REPLY_HOST


@transaction.atomic
def change_settings(*, viewer: Viewer, receiver: str, reply_host: str, raw_days: int, now: datetime) -> None:
    """Store whose results are believed, where answers are received, and how long originals are kept."""
    require_manager(viewer)
    for key, value in ((RECEIVER, receiver), (REPLY_HOST, reply_host), (RAW_DAYS, raw_days)):
        change_setting(key, value=value, member_id=viewer.member_id, now=now)
