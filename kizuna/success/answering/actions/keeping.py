"""Keep templates: their words in the mailbox, whose they are and what they do here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.answering import policies, queries
from kizuna.success.answering.models import Macro
from kizuna.success.customers import policies as customers
from kizuna.success.inbox.actions.replying import AFTER
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox.models import ReplyTemplate

LONGEST_SNOOZE = 365
LONGEST_CATEGORY = 80


@transaction.atomic
def save_macro(
    *, viewer: Viewer, template: ReplyTemplate | None, fields: Mapping[str, Any], now: datetime
) -> ReplyTemplate:
    """Add a template or change one. `fields`: name, body, is_own, next_state, snooze_days, priority, category, owner_id."""
    policies.require_worker(viewer)
    before = queries.macro_of(template) if template is not None else None
    require(policies.can_keep(viewer, before), _("This template is somebody else's own."))
    acts = _acts(fields)
    row = mailbox.save_template(
        viewer=viewer, template=template, name=fields.get("name", ""), body=fields.get("body", ""), now=now
    )
    is_own = bool(fields.get("is_own"))
    if not is_own and not any(acts.values()):
        Macro.objects.filter(template=row).delete()
        return row
    Macro.objects.update_or_create(template=row, defaults={**acts, "member_id": viewer.member_id if is_own else None})
    return row


def _acts(fields: Mapping[str, Any]) -> dict[str, Any]:
    state, days = fields.get("next_state") or "", fields.get("snooze_days")
    if state and state not in AFTER:
        raise Refused(_("Please choose from the list."), field="next_state")
    if state == Inquiry.State.SNOOZED and not (isinstance(days, int) and 1 <= days <= LONGEST_SNOOZE):
        raise Refused(_("Please say for how many days it is put off, up to 365."), field="snooze_days")
    priority = fields.get("priority") or ""
    if priority and priority not in Inquiry.Priority:
        raise Refused(_("Please choose from the list."), field="priority")
    category = " ".join(str(fields.get("category") or "").replace("\x00", "").split())
    if len(category) > LONGEST_CATEGORY:
        raise Refused(_("This category is too long."), field="category")
    return {
        "next_state": state,
        "snooze_days": days if state == Inquiry.State.SNOOZED else None,
        "priority": priority,
        "category": category,
        "owner_id": _of_team(fields.get("owner_id")),
    }


def _of_team(member_id: Any) -> int | None:
    if not member_id:
        return None
    team = Member.objects.filter(state=Member.State.ACTIVE, is_system=False, role_grants__role__in=customers.DESK_ROLES)
    if not team.filter(pk=member_id).exists():
        raise Refused(_("Please choose somebody of the team."), field="owner")
    return int(member_id)
