"""Read what is sent for an hour, and hold the week it falls into."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Employment
from kizuna.success.effort.models import Effort, EffortFunction, EffortWeek, Touch
from kizuna.success.effort.queries.weeks import monday_of

DAY_MINUTES = 24 * 60
LONGEST_NOTE = 400
OLDEST = timedelta(days=800)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Work:
    """What was worked: day and minutes, the function, and perhaps the kind of touch, customer, person and words."""

    day: date
    minutes: int
    function_id: int
    touch: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    note: str = ""


def checked(work: Work, *, viewer: Viewer, today: date, kept: Effort | None = None) -> dict[str, Any]:
    """Return the columns of a row, or raise Refused. What a kept row already has may stay, even if it is retired."""
    return {
        "day": checked_day(work.day, today=today),
        "minutes": checked_minutes(work.minutes),
        **checked_purpose(work, viewer=viewer, kept=kept),
    }


def checked_purpose(work: Work, *, viewer: Viewer, kept: Any = None) -> dict[str, Any]:
    """Return what the hour was for."""
    function = EffortFunction.objects.filter(pk=work.function_id).first()
    stays = kept is not None and function is not None and kept.function_id == function.pk
    if function is None or (function.is_retired and not stays):
        raise Refused(_("Please choose from the list."), field="function")
    if work.touch not in ("", *Touch.values):
        raise Refused(_("Please choose from the list."), field="touch")
    account_id = _account(work.account_id, viewer=viewer, stays=kept is not None and kept.account_id == work.account_id)
    return {
        "function_id": function.pk,
        "touch": work.touch,
        "account_id": account_id,
        "contact_id": _contact(work.contact_id, account_id=account_id),
        "note": checked_note(work.note),
    }


def checked_day(day: date, *, today: date) -> date:
    if not isinstance(day, date) or not today - OLDEST <= day <= today:
        raise Refused(_("Please give a day of the last two years, today at the latest."), field="day")
    return day


def checked_minutes(minutes: Any) -> int:
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= DAY_MINUTES:
        raise Refused(_("Please give a time from one minute to 24 hours."), field="minutes")
    return minutes


def checked_note(text: str) -> str:
    note = " ".join(_CONTROLS.sub(" ", text).split())
    if len(note) > LONGEST_NOTE:
        raise Refused(_("This is too long."), field="note", code="too_long")
    return note


def hold_weeks(*days: date) -> None:
    """Lock the weeks of these days until the transaction ends; raise Refused when one is closed."""
    for week_on in sorted({monday_of(day) for day in days}):
        if hold_week(week_on).is_closed:
            raise Refused(_("This week is closed. An owner or admin can open it again."), field="day", code="closed")


def hold_week(week_on: date) -> EffortWeek:
    """Lock a week's row, making it when it is missing."""
    EffortWeek.objects.bulk_create([EffortWeek(week_on=week_on)], ignore_conflicts=True)
    return EffortWeek.objects.select_for_update().get(week_on=week_on)


def require_room(member_id: int | None, day: date, minutes: int, *, without: list[int] | None = None) -> None:
    """Raise Refused when a person's day would get more than 24 hours. The week is held."""
    rows = Effort.objects.filter(member_id=member_id or 0, day=day, is_removed=False).exclude(pk__in=without or [])
    noted = rows.aggregate(total=Sum("minutes"))["total"] or 0
    if noted + minutes > DAY_MINUTES:
        raise Refused(_("A day has 24 hours; more would be noted on this one."), field="minutes", code="full")


def _account(account_id: int | None, *, viewer: Viewer, stays: bool) -> int | None:
    if account_id is None or stays:
        return account_id
    known = Account.objects.exclude(state=Account.State.MERGED).filter(pk=account_id)
    if not can_use_desk(viewer) or not known.exists():
        raise Refused(_("There is no customer with this number."), field="account")
    return account_id


def _contact(contact_id: int | None, *, account_id: int | None) -> int | None:
    if contact_id is None:
        return None
    if not Employment.objects.filter(contact_id=contact_id, account_id=account_id or 0).exists():
        raise Refused(_("This person does not belong to the customer."), field="contact")
    return contact_id
