"""What several actions on calls do: hold the row, tell of it, write what was said down with the customer."""

from datetime import datetime
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kizuna.core.activity.actions import record
from kizuna.core.activity.types import ActivityType
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls import policies
from kizuna.success.calls.models import Call
from kizuna.success.customers.models import Employment
from kizuna.success.encounters import actions as encounters
from kizuna.success.encounters.models import Encounter
from kizuna.success.encounters.queries import team

TARGET = "call"
MOST_MINUTES = 24 * 60


def held(call_id: int) -> Call:
    """Return a call as it is now, held until the end of the transaction. Raises Refused when it is gone."""
    found = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
    if found is None:
        raise Refused(gettext_lazy("This call is not there any more."))
    return found


def tell(what: ActivityType, call: Call, *, viewer: Viewer, now: datetime, **props: Any) -> None:
    """Record an activity with whose call it is."""
    of = {"account": call.account_id, "direction": str(call.direction), "inquiry": call.inquiry_id, **props}
    said = {name: value for name, value in of.items() if value is not None}
    record(what, actor_id=viewer.member_id, object_type=TARGET, object_id=call.pk, at=now, props=said)


def minutes_of(call: Call) -> int | None:
    """Return how long a call took, in whole minutes that were begun."""
    if call.seconds is not None:
        return min(MOST_MINUTES, ceil(call.seconds / 60)) or 1
    if call.ended_at is None:
        return None
    return min(MOST_MINUTES, ceil((call.ended_at - call.at).total_seconds() / 60))


def write_down(call: Call, *, now: datetime) -> None:
    """Put a call that was talked on the timeline of its customer, as who took it; once."""
    if call.encounter_id or call.account is None or call.state != Call.State.TALKED or call.is_removed:
        return
    viewer = _author(call)
    with override(str(community.setting(keys.DEFAULT_LANGUAGE))):
        title = _("Call from the customer") if call.direction == Call.Direction.IN else _("Call to the customer")
    works_there = Employment.objects.filter(contact_id=call.contact_id or 0, account=call.account).exists()
    ours = call.member_id and any(member.pk == call.member_id for member in team())
    fields = {
        "kind": Encounter.Kind.CALL,
        "direction": call.direction,
        "at": min(call.at, now),
        "minutes": minutes_of(call),
        "title": title,
        "body": call.note,
        "contact_ids": [call.contact_id] if works_there else [],
        "member_ids": [call.member_id] if ours else [],
    }
    call.encounter = encounters.log_encounter(viewer=viewer, account=call.account, fields=fields, now=now)
    call.note = ""


def _author(call: Call) -> Viewer:
    viewer = viewer_of(call.member) if call.member else None
    return viewer if viewer is not None and policies.can_work(viewer) else system_viewer()
