"""Note, change and remove rows of hours, and let the customer's timeline follow."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions as customers
from kizuna.success.effort import activities, policies
from kizuna.success.effort.actions.checking import Work, checked, hold_weeks, require_room
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.rows import standing_account

CHANNEL = "effort"


@transaction.atomic
def note_effort(*, viewer: Viewer, work: Work, now: datetime) -> Effort:
    """Note one's own hours by hand."""
    require(policies.can_note_effort(viewer), _("Only the team notes working time."))
    return write(viewer, work, how=Effort.How.MANUAL, now=now)


@transaction.atomic
def change_effort(*, viewer: Viewer, effort: Effort, work: Work, now: datetime) -> Effort:
    """Change a row. Minutes that a person corrects count as by hand, whatever they were before."""
    effort = _held(effort)
    require(policies.can_change(viewer, effort), _("Only the person whose hours these are may change them."))
    before = effort.minutes
    columns = checked(work, viewer=viewer, today=local_day(now), kept=effort)
    hold_weeks(effort.day, columns["day"])
    require_room(effort.member_id, columns["day"], columns["minutes"], without=[effort.pk])
    if (columns["minutes"], columns["day"]) != (effort.minutes, effort.day):
        effort.how = Effort.How.MANUAL
    for name, value in columns.items():
        setattr(effort, name, value)
    effort.updated_at = now
    effort.save()
    _follow(effort, now=now)
    _record(activities.EFFORT_CHANGED, effort, viewer, now, minutes=effort.minutes, before=before)
    return effort


@transaction.atomic
def remove_effort(*, viewer: Viewer, effort: Effort, now: datetime) -> None:
    """Remove a row; its source does not bring it back."""
    effort = _held(effort)
    require(policies.can_change(viewer, effort), _("Only the person whose hours these are may change them."))
    hold_weeks(effort.day)
    take_away(effort, viewer, now=now)


def write(
    viewer: Viewer,
    work: Work,
    *,
    how: str,
    now: datetime,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Effort:
    """Write a checked row of the viewer's, in the caller's transaction."""
    columns = checked(work, viewer=viewer, today=local_day(now))
    hold_weeks(columns["day"])
    require_room(viewer.member_id, columns["day"], columns["minutes"])
    effort = Effort.objects.create(
        member_id=viewer.member_id, how=how, started_at=started_at, ended_at=ended_at, created_at=now, updated_at=now,
        **columns,
    )  # fmt: skip
    tell(effort, viewer, now=now)
    return effort


def tell(effort: Effort, viewer: Viewer, *, now: datetime) -> None:
    """Let timeline and log know of a new row."""
    _follow(effort, now=now)
    props = {"how": effort.how, "function": effort.function.slug, "account": effort.account_id}
    _record(activities.EFFORT_NOTED, effort, viewer, now, minutes=effort.minutes, **props)


def take_away(effort: Effort, viewer: Viewer, *, now: datetime) -> None:
    """Mark a row removed, in the caller's transaction and held week."""
    if effort.is_removed:
        return
    effort.is_removed, effort.updated_at = True, now
    effort.save(update_fields=["is_removed", "updated_at"])
    customers.remove_touchpoint(key=touch_key(effort))
    _record(activities.EFFORT_REMOVED, effort, viewer, now, minutes=effort.minutes)


def follow_new_minutes(effort: Effort, *, viewer: Viewer, before: int, now: datetime) -> None:
    """Let timeline and log follow a row whose minutes were set in the caller's transaction."""
    _follow(effort, now=now)
    _record(activities.EFFORT_CHANGED, effort, viewer, now, minutes=effort.minutes, before=before)


def touch_key(effort: Effort) -> str:
    """Return the name of a row on the timeline."""
    return f"effort:{effort.pk}"


def _held(effort: Effort) -> Effort:
    return Effort.objects.select_for_update(of=("self",)).select_related("function").get(pk=effort.pk)


def _follow(effort: Effort, *, now: datetime) -> None:
    """Write the row anew on the customer's timeline, inside only, without moving the last touch."""
    customers.remove_touchpoint(key=touch_key(effort))
    account_id = standing_account(effort.account_id)
    if account_id is None:
        return
    customers.write_touchpoints(
        [
            customers.Touch(
                key=touch_key(effort),
                account_id=account_id,
                contact_id=effort.contact_id,
                member_id=effort.member_id,
                channel=CHANNEL,
                kind=f"effort.{effort.how}",
                at=_moment(effort, now),
                source_type="effort",
                source_id=effort.pk,
                is_internal=True,
            )
        ]
    )


def _moment(effort: Effort, now: datetime) -> datetime:
    """Return when the work stands on the timeline: its end, or noon of its day."""
    if effort.ended_at is not None:
        return effort.ended_at
    noon = datetime.combine(effort.day, time(12), tzinfo=ZoneInfo(community.setting(keys.TIME_ZONE)))
    return min(noon, now)


def _record(what: Any, effort: Effort, viewer: Viewer, now: datetime, **props: Any) -> None:
    record(what, actor_id=viewer.member_id, object_type="effort", object_id=effort.pk, at=now, props=props)
