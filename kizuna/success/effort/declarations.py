"""What effort offers to lower apps: pages of the desk, the timeline, a line on a customer, lengths in notes."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import (
    AccountLine,
    AccountRows,
    AuditWords,
    EffortSource,
    NavigationItem,
    Target,
    TouchpointChannel,
)
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import policies, wording
from kizuna.success.effort.models import Effort, EffortTimer
from kizuna.success.effort.queries.offers import encounters_with_lengths, notes_with_lengths
from kizuna.success.effort.queries.rows import efforts_visible_to
from kizuna.success.effort.queries.sums import account_minutes


def _with_desk(*, viewer: Viewer) -> bool:
    return policies.can_see_effort(viewer) and can_use_desk(viewer)


def _without_desk(*, viewer: Viewer) -> bool:
    return policies.can_note_effort(viewer) and not can_use_desk(viewer)


def _team(*, viewer: Viewer) -> bool:
    return policies.can_see_team(viewer)


def _efforts(*, viewer: Viewer, ids: list[int]) -> dict[int, Effort]:
    return efforts_visible_to(viewer).select_related("function").in_bulk(ids)


def _effort_url(*, row: Effort) -> str:
    return f"/desk/effort/{row.pk}/"


def _effort_title(*, row: Effort) -> str:
    return wording.length_text(row.minutes)


def _effort_excerpt(*, row: Effort) -> str:
    return row.note


def _timers(*, viewer: Viewer, ids: list[int]) -> dict[int, EffortTimer]:
    return EffortTimer.objects.filter(member_id=viewer.own_id).in_bulk(ids)


def _timer_url(*, row: EffortTimer) -> str:
    return "/desk/effort/timer/settling/"


def _timer_title(*, row: EffortTimer) -> str:
    return gettext("Timer")


def _nothing(*, row: Any) -> str:
    return ""


def _line(*, viewer: Viewer, account_id: int, language: str) -> tuple[str, str, str] | None:
    if not _with_desk(viewer=viewer):
        return None
    minutes, count = account_minutes(account_id, today=local_day(timezone.now()))
    meaning = gettext("Sum of the noted working time for this customer, %(n)d rows, today included.") % {"n": count}
    return wording.hours_text(minutes), meaning, f"/desk/effort/rows/?account={account_id}"


DESK = NavigationItem("desk-effort", _("Working time"), "effort:week", "clock", _with_desk, place="desk")
OWN = NavigationItem("own-effort", _("Working time"), "effort:week", "clock", _without_desk, place="menu")
TEAM = NavigationItem("desk-team-effort", _("Team's working time"), "effort:team", "chart-column", _team, place="desk")
EFFORT = Target("effort", _("Working time"), _efforts, _effort_url, _effort_title, _effort_excerpt)
TIMER = Target("effort_timer", _("Timer"), _timers, _timer_url, _timer_title, _nothing)
ROWS = AccountRows("effort", _("Working time"), lambda: Effort)
CHANNEL = TouchpointChannel(
    "effort",
    _("Working time"),
    "clock",
    "c-muted",
    {
        "effort.manual": _("%(name)s noted working time"),
        "effort.timer": _("%(name)s worked by timer"),
        "effort.derived": _("%(name)s took over a length"),
    },
    is_contact=False,
)
LINE = AccountLine("effort", _("Working time in the last 30 days"), _line)
ENCOUNTERS = EffortSource("encounter", _("Calls and meetings"), encounters_with_lengths)
NOTES = EffortSource("note", pgettext_lazy("customers", "Note"), notes_with_lengths)
AUDIT = AuditWords(
    "effort",
    {
        "effort.exported": _("Working time exported"),
        "effort.week_closed": _("Week closed"),
        "effort.week_reopened": _("Week opened again"),
    },
    settings={"effort.timer_hours": _("Hours after which a timer is forgotten changed")},
)
