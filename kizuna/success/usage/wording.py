"""Words of the use of an account: what changed, and what its curve shows. What happened and when, never why."""

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.success.usage.models import AccountUsage, UsageChange
from kizuna.success.usage.reasons import kind_word

Kind = UsageChange.Kind
SAYS = {
    Kind.FIRST: gettext_lazy("First use"),
    Kind.QUIET: gettext_lazy("Not used"),
    Kind.AGAIN: gettext_lazy("Used again"),
    Kind.DROP: gettext_lazy("Used less than the week before"),
    Kind.RISE: gettext_lazy("Used more than the week before"),
}


def text_of(change: UsageChange) -> str:
    """Say what changed, with its numbers and its day."""
    names = {"day": date_format(change.day, "DATE_FORMAT"), "before": change.before, "after": change.after}
    if change.kind == Kind.QUIET:
        return _("No use for %(after)d days; the last was on %(day)s.") % names
    if change.kind == Kind.AGAIN:
        return _("Used on %(day)s, after %(before)d days without.") % names
    if change.kind == Kind.FIRST:
        return str(names["day"])
    return _("%(before)d → %(after)d person-days in the week from %(day)s.") % names


def curve_text(usage: AccountUsage) -> str:
    """Say what the curve of the days shows, for those who do not see it."""
    week = usage.days[-7:]
    names = {
        "days": len(usage.days),
        "most": max(usage.days, default=0),
        "first": date_format(usage.as_of - timedelta(days=len(usage.days) - 1), "SHORT_DATE_FORMAT"),
        "last": date_format(usage.as_of, "SHORT_DATE_FORMAT"),
        "mean": f"{sum(week) / len(week):.1f}" if week else "0",
    }
    return (
        _(
            "Active people a day from %(first)s to %(last)s, %(days)d days: %(most)d at most, %(mean)s a day in the last seven."
        )
        % names
    )


def values_of(usage: AccountUsage) -> dict[str, Any]:
    """Return what the block on a customer's page shows."""
    difference = usage.active_28_count - usage.active_28_before_count
    return {
        "usage": usage,
        "curve": usage.days,
        "curve_text": curve_text(usage),
        "difference": f"+{difference}" if difference > 0 else f"−{-difference}" if difference else "±0",
        "names": [(kind_word(kind) if not name else name, f"{count:,}") for kind, name, count in usage.names],
    }
