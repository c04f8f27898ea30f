"""Close weeks that are over, and open them again with a reason."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import activities, policies
from kizuna.success.effort.actions.checking import checked_note, hold_week
from kizuna.success.effort.models import EffortWeek, EffortWeekChange
from kizuna.success.effort.queries.weeks import WEEK, monday_of


@transaction.atomic
def close_week(*, viewer: Viewer, week_on: date, now: datetime) -> EffortWeek:
    """Close a week that is over: nobody notes, changes or removes hours of it. Closed again it stays as it is."""
    policies.require_closer(viewer)
    _require_over(week_on, now=now)
    return _set(viewer, week_on, is_closed=True, reason="", now=now)


@transaction.atomic
def reopen_week(*, viewer: Viewer, week_on: date, reason: str, now: datetime) -> EffortWeek:
    """Open a closed week again; the reason is kept."""
    policies.require_closer(viewer)
    _require_over(week_on, now=now)
    reason = checked_note(reason)
    if not reason:
        raise Refused(_("Please say why the week is opened again."), field="reason", code="empty")
    return _set(viewer, week_on, is_closed=False, reason=reason, now=now)


def _require_over(week_on: date, *, now: datetime) -> None:
    if week_on != monday_of(week_on) or week_on + WEEK > local_day(now):
        raise Refused(_("Only a week that is over can be closed."), field="week")


def _set(viewer: Viewer, week_on: date, *, is_closed: bool, reason: str, now: datetime) -> EffortWeek:
    week = hold_week(week_on)
    if week.is_closed == is_closed:
        return week
    week.is_closed = is_closed
    week.save(update_fields=["is_closed"])
    EffortWeekChange.objects.create(week=week, is_closed=is_closed, by_id=viewer.member_id, at=now, reason=reason)
    record(
        activities.WEEK_CLOSED if is_closed else activities.WEEK_REOPENED,
        actor_id=viewer.member_id,
        object_type="effort_week",
        object_id=week.pk,
        at=now,
        props={"week": week_on.isoformat()},
    )
    action = "effort.week_closed" if is_closed else "effort.week_reopened"
    log_manager_action(action, member_id=viewer.member_id, subject=week_on.isoformat(), after=reason or None, now=now)
    return week
