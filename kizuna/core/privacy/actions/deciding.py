"""Set the days for answers, what goes into copies, and who sends promotional mail."""

from datetime import datetime

from django.db import transaction

from kizuna.core.community import queries as community
from kizuna.core.community.actions import change_setting
from kizuna.core.members.settings import DISCLOSURE
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy import policies
from kizuna.core.privacy.settings import APPI_DAYS, GDPR_DAYS, SENDER


@transaction.atomic
def change_settings(
    *, viewer: Viewer, appi_days: int, gdpr_days: int, disclosure: dict[str, str], sender: dict[str, str], now: datetime
) -> None:
    """Keep what is different from before; each change stands in the audit log."""
    policies.require_handler(viewer)
    for key, value in ((APPI_DAYS, appi_days), (GDPR_DAYS, gdpr_days), (DISCLOSURE, disclosure), (SENDER, sender)):
        if community.setting(key) != value:
            change_setting(key, value=value, member_id=viewer.member_id, now=now)
