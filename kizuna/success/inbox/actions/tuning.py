"""Set the hours, the dues and what is pressing."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.community.actions import change_setting
from kizuna.core.community.hours import HOURS
from kizuna.core.community.queries import setting
from kizuna.core.community.settings import SettingKey
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import policies
from kizuna.success.inbox.settings import (
    DUE_RULES,
    ESCALATE_MINUTES,
    FIRST_PLANS,
    FIRST_TIERS,
    FORM,
    URGENT_WORDS,
    WARN_MINUTES,
)

FIELDS: dict[str, SettingKey] = {
    "rules": DUE_RULES,
    "urgent_words": URGENT_WORDS,
    "first_plans": FIRST_PLANS,
    "first_tiers": FIRST_TIERS,
    "warn_minutes": WARN_MINUTES,
    "escalate_minutes": ESCALATE_MINUTES,
}


@transaction.atomic
def set_hours(*, viewer: Viewer, value: dict[str, Any], now: datetime) -> None:
    """Set the business hours; a job counts the dues of what is not finished again."""
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    before = _counted_by()
    _change(HOURS, value, "week", viewer, now)
    _recount(before, now=now)


@transaction.atomic
def set_rules(*, viewer: Viewer, values: dict[str, Any], now: datetime) -> None:
    """Set what is due when, a job counts again what is not finished, and what is pressing from now on."""
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    before = _counted_by()
    for name, value in values.items():
        _change(FIELDS[name], value, name, viewer, now)
    _recount(before, now=now)


@transaction.atomic
def set_form(*, viewer: Viewer, value: dict[str, Any], now: datetime) -> None:
    """Set how the contact form is."""
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    _change(FORM, value, "is_on", viewer, now)


def _counted_by() -> dict[str, Any]:
    """Return what dues are counted by now."""
    return {"hours": setting(HOURS), "rules": setting(DUE_RULES)}


def _recount(before: dict[str, Any], *, now: datetime) -> None:
    if _counted_by() != before:
        enqueue("inbox.recount_dues", args=before, run_at=now)


def _change(key: SettingKey, value: Any, field: str, viewer: Viewer, now: datetime) -> None:
    try:
        if key.clean(value) != setting(key):
            change_setting(key, value=value, member_id=viewer.member_id, now=now)
    except ValueError:
        raise Refused(_("Please look at this again: it cannot be kept like this."), field=field) from None
