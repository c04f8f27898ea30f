"""Words and looks of the board: minutes, shares and their reasons, definitions."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.success.service.queries import Share, Times

PRESETS = {
    "week": pgettext_lazy("span", "This week"),
    "last_week": pgettext_lazy("span", "Last week"),
    "month": pgettext_lazy("span", "This month"),
    "last_month": pgettext_lazy("span", "Last month"),
}
KINDS = {
    "first": gettext_lazy("First answer of a person"),
    "staff": gettext_lazy("First answer of the team"),
    "member": gettext_lazy("First answer of a member"),
    "bot": gettext_lazy("Automatic answer"),
}
KIND_DEFINITIONS = {
    "first": gettext_lazy(
        "Business minutes from the arrival to the first answer of the team or of a member (first_response_minutes)."
        " Automatic answers do not count."
    ),
    "staff": gettext_lazy("Sent from here, written in the community by the team, or given by telephone."),
    "member": gettext_lazy("The first reply of another member in the topic, for questions and mentions."),
    "bot": gettext_lazy("Notes that a mail arrived, and answers of the system."),
}
PARTS = {
    "all": gettext_lazy("All arrivals"),
    "left_out": gettext_lazy("Closed without an answer being needed"),
    "answered": gettext_lazy("Answered by a person"),
    "unanswered": gettext_lazy("Not answered yet"),
    "response_met": gettext_lazy("First answer in time"),
    "response_missed": gettext_lazy("First answer late"),
    "response_running": gettext_lazy("First answer not due yet"),
    "response_no_due": gettext_lazy("Without a due for the first answer"),
    "resolved": gettext_lazy("Closed by now"),
    "unresolved": gettext_lazy("Not closed yet"),
    "resolution_met": gettext_lazy("Closed in time"),
    "resolution_missed": gettext_lazy("Closed late, or late and open"),
    "resolution_running": gettext_lazy("Closing not due yet"),
    "resolution_no_due": gettext_lazy("Without a due for closing"),
    "ended": gettext_lazy("Closed at least once"),
    "reopened": gettext_lazy("Opened again"),
    "person_known": gettext_lazy("Known who wrote"),
    "person_judged": gettext_lazy("Old enough to tell, by person"),
    "person_again": gettext_lazy("The same person asked again"),
    "person_young": gettext_lazy("Too young to tell"),
    "account_judged": gettext_lazy("Old enough to tell, by customer"),
    "account_again": gettext_lazy("The same customer asked again"),
}


def minutes(value: float | None) -> str:
    """Return business minutes as hours and minutes."""
    if value is None:
        return ""
    whole = round(value)
    if whole < 60:
        return _("%(n)d min") % {"n": whole}
    return _("%(hours)d h %(minutes)02d min") % {"hours": whole // 60, "minutes": whole % 60}


def times_look(found: Times, *, before: Times | None = None) -> dict[str, Any]:
    """Return times as plain values; without any, the reason."""
    return {
        "n": found.n,
        "median": minutes(found.median),
        "p90": minutes(found.p90),
        "reason": "" if found.n else _("n/a: none yet"),
        "before": _("Before: %(value)s (n = %(n)d)") % {"value": minutes(before.median), "n": before.n}
        if before and before.n
        else _("Before: n/a"),
    }


def share_look(found: Share, *, before: Share | None = None) -> dict[str, Any]:
    """Return a share as plain values; with nobody to count from, the reason."""
    shown = {"count": found.count, "n": found.n, "value": "", "interval": "", "reason": "", "before": _("Before: n/a")}
    if found.value is None:
        shown["reason"] = _("n/a: nothing to count from")
    else:
        shown["value"] = percent(found.value)
        shown["interval"] = _("95%% interval %(low)s–%(high)s, %(count)d of %(n)d") % {
            "low": percent(found.low), "high": percent(found.high), "count": found.count, "n": found.n,
        }  # fmt: skip
    if before and before.value is not None:
        shown["before"] = _("Before: %(value)s (n = %(n)d)") % {"value": percent(before.value), "n": before.n}
    return shown


def percent(value: float | None) -> str:
    """Return a share as 12.3 %."""
    return "" if value is None else f"{number_format(100 * value, 1)}%"


def age(since: int, until: int | None) -> str:
    """Return an age in days."""
    if until is None:
        return _("%(since)d days and more") % {"since": since}
    if until - since == 1:
        return (
            _("Less than a day") if not since else _("%(since)d to %(until)d days") % {"since": since, "until": until}
        )
    return _("%(since)d to %(until)d days") % {"since": since, "until": until}
