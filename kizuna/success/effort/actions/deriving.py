"""Hours that come from calls, tickets and notes: under the source's own key, counted once however often they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import EffortSource, by_name
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import policies
from kizuna.success.effort.actions.checking import Work, checked, hold_weeks, require_room
from kizuna.success.effort.actions.entries import follow_new_minutes, tell
from kizuna.success.effort.models import Effort, EffortFunction
from kizuna.success.effort.queries.offers import offer_of

CHUNK = 1000


@dataclass(frozen=True)
class Derived:
    """Minutes of a person's work that another app measured. `key` is the app's and stays the same for the same thing."""

    key: str
    member_id: int
    day: date
    minutes: int
    function: str = "success"
    touch: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    note: str = ""


def note_derived(*, rows: Sequence[Derived], now: datetime) -> dict[str, str]:
    """Write what sources measured; a key known already changes its row unless a person corrected or removed it.

    Up to CHUNK rows, each for itself: a row that cannot be taken (a closed week, a full day) is returned as
    {key: reason} and stops no other.
    """
    if len(rows) > CHUNK:
        raise ValueError(f"At most {CHUNK} rows a call.")
    refused = {}
    for row in rows:
        try:
            _write(row, now=now)
        except Refused as reason:
            refused[row.key] = str(reason.reason)
    return refused


@transaction.atomic
def take_offer(*, viewer: Viewer, source: str, key: str, now: datetime) -> Effort:
    """Take over a length that a source offers the viewer. Taken twice it is one row."""
    require(policies.can_note_effort(viewer), _("Only the team notes working time."))
    declared = by_name(EffortSource, source)
    offer = offer_of(viewer, declared, key) if declared else None
    if offer is None:
        raise Refused(_("There is nothing to take over any more."))
    return _write(
        Derived(
            key=f"{source}:{key}:{viewer.member_id}",
            member_id=viewer.own_id,
            day=offer.day,
            minutes=offer.minutes,
            function=offer.function,
            touch=offer.touch,
            account_id=offer.account_id,
            contact_id=offer.contact_id,
        ),
        now=now,
    )


@transaction.atomic
def _write(row: Derived, *, now: datetime) -> Effort:
    if not row.key or len(row.key) > 120:
        raise ValueError("A derived row needs a key of at most 120 characters.")
    member = Member.objects.select_for_update(of=("self",)).get(pk=row.member_id)
    viewer = viewer_of(member)
    function = EffortFunction.objects.filter(slug=row.function).first()
    known = Effort.objects.select_for_update(of=("self",)).filter(source_key=row.key).first()
    if known is not None and (known.is_removed or known.how != Effort.How.DERIVED):
        return known
    work = Work(
        day=row.day,
        minutes=row.minutes,
        function_id=function.pk if function else 0,
        touch=row.touch,
        account_id=row.account_id,
        contact_id=row.contact_id,
        note=row.note,
    )
    columns = checked(work, viewer=viewer, today=local_day(now), kept=known)
    if known is not None and all(getattr(known, name) == value for name, value in columns.items()):
        return known
    hold_weeks(columns["day"], *([known.day] if known else []))
    require_room(member.pk, columns["day"], columns["minutes"], without=[known.pk] if known else None)
    if known is None:
        made = Effort.objects.create(
            member=member, how=Effort.How.DERIVED, source_key=row.key, created_at=now, updated_at=now, **columns
        )
        tell(made, viewer, now=now)
        return made
    before = known.minutes
    Effort.objects.filter(pk=known.pk).update(**columns, updated_at=now)
    known.refresh_from_db()
    follow_new_minutes(known, viewer=viewer, before=before, now=now)
    return known
