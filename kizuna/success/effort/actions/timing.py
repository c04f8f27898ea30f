"""The timer: start, stop, switch; a forgotten one asks and counts nothing by itself."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import activities, policies
from kizuna.success.effort.actions.checking import Work, checked_purpose
from kizuna.success.effort.actions.entries import write
from kizuna.success.effort.models import Effort, EffortTimer
from kizuna.success.effort.queries.rows import timer_limit


class Forgotten(Refused):
    """The timer ran longer than anybody works: its person says how long the work was."""

    def __init__(self) -> None:
        super().__init__(_("This timer has been running too long. How long did you really work?"), code="forgotten")


@transaction.atomic
def start_timer(*, viewer: Viewer, work: Work, now: datetime) -> EffortTimer:
    """Start one's timer; one that runs is stopped first, so that this also switches. Raises Forgotten."""
    timer = _held(viewer)
    purpose = checked_purpose(work, viewer=viewer)
    if timer is not None:
        _stop(timer, viewer, now=now)
    return EffortTimer.objects.create(member_id=viewer.own_id, started_at=now, **purpose)


@transaction.atomic
def stop_timer(*, viewer: Viewer, now: datetime) -> list[Effort]:
    """Stop one's timer and return the rows it made: one a day, none for less than half a minute. Raises Forgotten."""
    timer = _held(viewer)
    return _stop(timer, viewer, now=now) if timer is not None else []


@transaction.atomic
def settle_timer(*, viewer: Viewer, minutes: int | None, now: datetime) -> Effort | None:
    """Answer a timer by hand: so many minutes on the day it was started, or None to throw it away."""
    timer = _held(viewer)
    if timer is None:
        return None
    effort = None
    if minutes is not None:
        work = _work(timer, day=local_day(timer.started_at), minutes=minutes)
        effort = write(viewer, work, how=Effort.How.MANUAL, now=now, started_at=timer.started_at)
    timer.delete()
    return effort


@transaction.atomic
def flag_forgotten(*, now: datetime) -> int:
    """Mark timers that were forgotten since the last look, so that their people are asked once. Returns how many."""
    limit = timer_limit()
    timers = EffortTimer.objects.select_for_update(of=("self",)).filter(started_at__lt=now - limit, flagged_at=None)
    found = list(timers.order_by("pk"))
    for timer in found:
        timer.flagged_at = now
        timer.save(update_fields=["flagged_at"])
        record(
            activities.TIMER_FORGOTTEN,
            actor_id=timer.member_id,
            object_type="effort_timer",
            object_id=timer.pk,
            at=now,
            props={"hours": int((now - timer.started_at).total_seconds() // 3600)},
        )
    return len(found)


def pieces(started_at: datetime, ended_at: datetime, *, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """Yield (day, minutes) of a span, cut at midnight. Rounded once as a whole: the pieces add up to it."""
    first, begun = started_at.astimezone(zone), 0
    day = first.date()
    while True:
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        reached = round((min(midnight, ended_at) - started_at).total_seconds() / 60)
        if reached > begun:
            yield day, reached - begun
        if ended_at <= midnight:
            return
        begun, day = reached, day + timedelta(days=1)


def _held(viewer: Viewer) -> EffortTimer | None:
    """Lock the person, so that two clicks at once are one after the other."""
    require(policies.can_note_effort(viewer), _("Only the team notes working time."))
    Member.objects.select_for_update(of=("self",)).get(pk=viewer.own_id)
    return EffortTimer.objects.filter(member_id=viewer.own_id).first()


def _stop(timer: EffortTimer, viewer: Viewer, *, now: datetime) -> list[Effort]:
    if timer.flagged_at is not None or now - timer.started_at > timer_limit():
        raise Forgotten
    zone = ZoneInfo(community.setting(keys.TIME_ZONE))
    rows = [
        write(viewer, _work(timer, day=day, minutes=minutes), how=Effort.How.TIMER, now=now,
              started_at=timer.started_at, ended_at=now)
        for day, minutes in pieces(timer.started_at, now, zone=zone)
    ]  # fmt: skip
    timer.delete()
    return rows


def _work(timer: EffortTimer, *, day: date, minutes: int) -> Work:
    return Work(
        day=day,
        minutes=minutes,
        function_id=timer.function_id,
        touch=timer.touch,
        account_id=timer.account_id,
        contact_id=timer.contact_id,
        note=timer.note,
    )
