"""Fill in the week's table: only what the person changed, and never over somebody else's change."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.effort import policies
from kizuna.success.effort.actions.checking import Work, hold_weeks, require_room
from kizuna.success.effort.actions.entries import follow_new_minutes, take_away, write
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.weeks import LineKey, days_of, is_typed

MOST_CELLS = 7 * 200


@transaction.atomic
def fill_week(
    *, viewer: Viewer, week_on: date, cells: Mapping[tuple[LineKey, date], tuple[int, int]], now: datetime
) -> int:
    """Set typed minutes of one's own week: {(line, day): (what the page showed, what is meant)}. Returns how many changed."""
    require(policies.can_note_effort(viewer), _("Only the team notes working time."))
    changed = {place: values for place, values in cells.items() if values[0] != values[1]}
    if len(cells) > MOST_CELLS or any(day not in days_of(week_on) for _line, day in cells):
        raise Refused(_("This table does not fit the week."))
    if not changed:
        return 0
    Member.objects.select_for_update(of=("self",)).get(pk=viewer.own_id)
    hold_weeks(week_on)
    # What shrinks comes first, so that moving hours within a full day is no refusal.
    for (line, day), (shown, meant) in sorted(changed.items(), key=lambda item: item[1][1] - item[1][0]):
        _set(viewer, line, day, shown=shown, meant=meant, now=now)
    return len(changed)


def _set(viewer: Viewer, line: LineKey, day: date, *, shown: int, meant: int, now: datetime) -> None:
    rows = Effort.objects.select_for_update(of=("self",)).filter(
        member_id=viewer.own_id, day=day, function_id=line.function_id, touch=line.touch, how=Effort.How.MANUAL,
        is_removed=False,
    )  # fmt: skip
    rows = rows.filter(account_id=line.account_id) if line.account_id else rows.filter(account=None)
    typed = [row for row in rows.order_by("pk") if is_typed(row)]
    if sum(row.minutes for row in typed) != shown:
        raise Refused(_("This week was changed in another window meanwhile. Please look at it again."), code="stale")
    for row in typed[1:] if meant else typed:
        take_away(row, viewer, now=now)
    if not meant:
        return
    if not typed:
        work = Work(day=day, minutes=meant, function_id=line.function_id, touch=line.touch, account_id=line.account_id)
        write(viewer, work, how=Effort.How.MANUAL, now=now)
        return
    first = typed[0]
    require_room(viewer.member_id, day, meant, without=[row.pk for row in typed])
    before, first.minutes, first.updated_at = first.minutes, meant, now
    first.save(update_fields=["minutes", "updated_at"])
    follow_new_minutes(first, viewer=viewer, before=before, now=now)
