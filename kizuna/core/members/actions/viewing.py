"""Write down that somebody looked at the community as another person sees it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members import policies
from kizuna.core.members.activities import VIEWED_AS
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def note_viewed_as(*, viewer: Viewer, kind: str, number: int, now: datetime) -> None:
    """Note in the audit that the viewer begins to look as a member or an audience. Raises Refused for others than managers."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    log_manager_action("member.viewed_as", member_id=viewer.member_id, subject=f"{kind}:{number}", now=now)
    record(VIEWED_AS, actor_id=viewer.member_id, object_type=kind, object_id=number, at=now, props={"as": kind})
