"""Choose which roles see which groups of fields."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.audit import actions as audit
from kizuna.core.community import queries as community
from kizuna.core.community.actions import change_setting
from kizuna.core.members.policies import can_own, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing


@transaction.atomic
def hide_fields(*, viewer: Viewer, hidden: Mapping[str, Iterable[str]], now: datetime) -> list[str]:
    """Hide groups of fields from roles, `{role: groups}`; what is not named is shown. Returns the roles that changed."""
    require(can_own(viewer), _("Only owners may do this."))
    before = community.setting(seeing.HIDDEN)
    after = {role: sorted(set(groups)) for role, groups in hidden.items() if groups}
    changed = [role for role in seeing.ROLES if before.get(role, []) != after.get(role, [])]
    if not changed:
        return []
    change_setting(seeing.HIDDEN, value=after, member_id=viewer.member_id, now=now)
    for role in changed:
        detail = {"role": role, "hidden": after.get(role, [])}
        audit.note("customer_fields.hidden", actor_id=viewer.member_id, detail=detail, now=now)
    return changed
