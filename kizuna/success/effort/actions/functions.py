"""The functions of work, and how long a timer may run."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import change_setting
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.effort import activities, policies
from kizuna.success.effort.models import EffortFunction
from kizuna.success.effort.settings import TIMER_HOURS

SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST = 40


@transaction.atomic
def define_function(*, viewer: Viewer, slug: str, label: dict[str, str], now: datetime) -> EffortFunction:
    """Add a function, or rename the one with this name in files."""
    policies.require_closer(viewer)
    if not SLUG.fullmatch(slug):
        raise Refused(_("Small letters, digits and hyphens only, beginning with a letter."), field="slug")
    label = {language: " ".join(label.get(language, "").split())[:60] for language in ("ja", "en")}
    if not any(label.values()):
        raise Refused(_("Please fill this in."), field="label_ja")
    known = EffortFunction.objects.select_for_update().filter(slug=slug).first()
    if known is None and EffortFunction.objects.count() >= MOST:
        raise Refused(_("There are too many functions already. Please retire or rename one."))
    last = EffortFunction.objects.aggregate(last=Max("position"))["last"] or 0
    function, _created = EffortFunction.objects.update_or_create(
        slug=slug,
        defaults={"label": label},
        create_defaults={"label": label, "position": last + 1, "created_at": now},
    )
    _record(function, viewer, now)
    return function


@transaction.atomic
def retire_function(*, viewer: Viewer, function: EffortFunction, is_retired: bool, now: datetime) -> None:
    """Take a function out of the choices, or put it back; its hours stay. One always remains."""
    policies.require_closer(viewer)
    active = EffortFunction.objects.select_for_update().filter(is_retired=False).values_list("pk", flat=True)
    if is_retired and set(active) <= {function.pk}:
        raise Refused(_("One function must remain."))
    EffortFunction.objects.filter(pk=function.pk).update(is_retired=is_retired)
    _record(function, viewer, now)


@transaction.atomic
def set_timer_hours(*, viewer: Viewer, hours: int, now: datetime) -> None:
    """Say after how many hours a timer counts as forgotten."""
    policies.require_closer(viewer)
    try:
        change_setting(TIMER_HOURS, value=hours, member_id=viewer.member_id, now=now)
    except ValueError:
        raise Refused(_("Please enter a whole number in the allowed range."), field="hours") from None


def _record(function: EffortFunction, viewer: Viewer, now: datetime) -> None:
    record(
        activities.FUNCTION_DEFINED,
        actor_id=viewer.member_id,
        object_type="effort_function",
        object_id=function.pk,
        at=now,
    )
