"""Write calls down by hand, change, remove and bring them back, and say whose number it was."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import phones
from kizuna.base.web.opened import Opened, Overtaken, require_unchanged
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls import activities, policies, queries
from kizuna.success.calls.actions.writing import held, minutes_of, tell, write_down
from kizuna.success.calls.models import Call, CallVersion
from kizuna.success.customers.actions.checking import choice, line, text_of
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.effort import actions as effort
from kizuna.success.encounters import actions as encounters
from kizuna.success.encounters.models import Encounter
from kizuna.success.encounters.queries import encounter_opened
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry
from kizuna.success.tasks import actions as tasks

LONGEST_NOTE = 20_000
TALKED = (Call.Outcome.REACHED, Call.Outcome.CALL_BACK)
ANSWERS = (Call.Outcome.REACHED,)


@transaction.atomic
def log_call(
    *, viewer: Viewer, account: Account | None, fields: Mapping[str, Any], now: datetime, inquiry: Inquiry | None = None
) -> Call:
    """Write a call down. `fields`: those of an encounter, and `outcome`, `number`, `ended_at`.

    Besides, where said: `counts` notes its length as the viewer's working time, `closes` closes the inquiry as answered
    by telephone, `next_title` and `next_due_on` make a task for the viewer.
    """
    policies.require_worker(viewer)
    values = _checked(fields, viewer=viewer, now=now)
    call = Call(
        **values,
        account=account,
        inquiry=inquiry,
        member_id=viewer.member_id,
        is_placed=account is not None,
        created_by_id=viewer.member_id,
        created_at=now,
        updated_at=now,
    )
    if account is not None:
        said = _said(fields, call)
        call.encounter = encounters.log_encounter(viewer=viewer, account=account, fields=said, now=now)
        call.contact_id = _only(fields)
    else:
        call.note = _note(fields)
    call.save(force_insert=True)
    tell(activities.CALL_LOGGED, call, viewer=viewer, now=now, minutes=minutes_of(call), outcome=call.outcome)
    _follow(call, fields, viewer=viewer, now=now)
    return call


@transaction.atomic
def edit_call(
    *, viewer: Viewer, call: Call, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> Call:
    """Change what is written of a call; what it was stays readable. What a telephone system told stays as it is."""
    call = held(call.pk)
    require(policies.can_change(viewer, call), _("Only the author may change this."))
    standing, overtaken = queries.opened_values(call), None
    try:
        require_unchanged(opened, standing, lambda after: queries.changes_after(call, after=after))
    except Overtaken as error:
        overtaken = error
    values = _checked(fields, viewer=viewer, now=now, kept=call)
    state = {**{name: getattr(call, name) for name in queries.KEPT}, "at": call.at.isoformat()}
    for name, value in values.items():
        setattr(call, name, value)
    if call.encounter is not None:
        said, as_it_is = _said(fields, call), encounter_opened(call.encounter)
        call.encounter = encounters.edit_encounter(
            viewer=viewer, encounter=call.encounter, fields=said, now=now, opened=as_it_is
        )
        call.contact_id = _only(fields)
    else:
        call.note = _note(fields)
    if queries.opened_values(call) == standing:
        return call  # sent twice
    if overtaken is not None:
        raise overtaken  # and nothing of this was written
    CallVersion.objects.create(call=call, state=state, by_id=viewer.member_id, at=now)
    call.updated_at = now
    call.save()
    tell(activities.CALL_CHANGED, call, viewer=viewer, now=now)
    return call


@transaction.atomic
def place_call(*, viewer: Viewer, call: Call, account: Account, contact: Contact | None = None, now: datetime) -> Call:
    """Say with which customer a call was. Its inquiry, when nobody placed it, goes along."""
    policies.require_worker(viewer)
    call = held(call.pk)
    require(call.encounter_id is None, _("This call is written down with a customer already."))
    if account.state == Account.State.MERGED:
        raise Refused(_("There is no customer with this number."), field="account")
    if contact and not Employment.objects.filter(contact=contact, account=account).exists():
        raise Refused(_("This person does not work there."), field="contact")
    call.account, call.contact, call.is_placed, call.updated_at = account, contact, True, now
    write_down(call, now=now)
    call.save()
    inquiry = call.inquiry
    if inquiry is not None and inquiry.account_id is None:
        said = {"account_id": account.pk, "contact_id": contact.pk if contact else None}
        inbox.change_inquiry(viewer=viewer, inquiry=inquiry, fields=said, now=now)
    tell(activities.CALL_CHANGED, call, viewer=viewer, now=now)
    return call


@transaction.atomic
def remove_call(*, viewer: Viewer, call: Call, now: datetime) -> None:
    """Take a call out of sight with what is written of it; it can be brought back."""
    call = held(call.pk)
    require(policies.can_change(viewer, call), _("Only the author may change this."))
    if call.is_removed:
        return
    if call.encounter is not None:
        encounters.remove_encounter(viewer=viewer, encounter=call.encounter, now=now)
    call.is_removed, call.updated_at = True, now
    call.save(update_fields=["is_removed", "updated_at"])
    tell(activities.CALL_REMOVED, call, viewer=viewer, now=now)


@transaction.atomic
def restore_call(*, viewer: Viewer, call: Call, now: datetime) -> None:
    """Bring a removed call back, as it was."""
    call = held(call.pk)
    require(policies.can_change(viewer, call), _("Only the author may change this."))
    if not call.is_removed:
        return
    if call.encounter is not None:
        encounters.restore_encounter(viewer=viewer, encounter=call.encounter, now=now)
    call.is_removed, call.updated_at = False, now
    call.save(update_fields=["is_removed", "updated_at"])
    tell(activities.CALL_RESTORED, call, viewer=viewer, now=now)


def _checked(fields: Mapping[str, Any], *, viewer: Viewer, now: datetime, kept: Call | None = None) -> dict[str, Any]:
    outcome = choice(fields, "outcome", among=Call.Outcome, default=Call.Outcome.REACHED)
    if kept is not None and kept.external_id:
        return {"outcome": outcome if fields.get("outcome") else ""}
    at, ended_at = _moments(fields, now=now)
    number = line(fields, "number", longest=40) if "number" in fields else (kept.number if kept else "")
    number_key = phones.key_of(number)
    if number and not number_key:
        raise Refused(_("This is no telephone number."), field="number")
    return {
        "direction": choice(fields, "direction", among=Call.Direction, default=Call.Direction.OUT),
        "outcome": outcome,
        "state": Call.State.TALKED if outcome in TALKED else Call.State.MISSED,
        "number": number,
        "number_key": number_key,
        "at": at,
        "ended_at": ended_at,
        "seconds": round((ended_at - at).total_seconds()) if ended_at and outcome in TALKED else None,
    }


def _moments(fields: Mapping[str, Any], *, now: datetime) -> tuple[datetime, datetime | None]:
    at, ended_at = fields.get("at"), fields.get("ended_at")
    if not isinstance(at, datetime) or at.tzinfo is None or at.year < 1990:
        raise Refused(_("Please say when it was."), field="at")
    if at > now + timedelta(minutes=5):
        raise Refused(_("This lies in the future. What is to come is a task."), field="at")
    if ended_at is None:
        return at, None
    if not isinstance(ended_at, datetime) or ended_at.tzinfo is None or not at <= ended_at <= at + timedelta(days=1):
        raise Refused(_("The end comes after the beginning, on the same day or night."), field="ended_at")
    return at, ended_at


def _said(fields: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """Return what the encounter of a call says."""
    names = ("title", "body", "is_internal", "contact_ids", "member_ids")
    own = {"kind": Encounter.Kind.CALL, "direction": call.direction, "at": call.at, "minutes": minutes_of(call)}
    return {**{name: fields[name] for name in names if name in fields}, **own}


def _note(fields: Mapping[str, Any]) -> str:
    title, body = line(fields, "title", longest=160), text_of(fields, "body", longest=LONGEST_NOTE)
    note = "\n".join(filter(None, [title, body]))
    if not note:
        raise Refused(_("Please write what it was about."), field="title")
    return note


def _only(fields: Mapping[str, Any]) -> int | None:
    people = list(fields.get("contact_ids") or ())
    return people[0] if len(people) == 1 else None


def _follow(call: Call, fields: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> None:
    """Do what was asked for besides: note working time, close the inquiry, make the next task."""
    if fields.get("counts") and call.encounter_id and minutes_of(call):
        key = str(call.encounter_id)
        row = effort.take_offer(viewer=viewer, source="encounter", key=key, now=now)
        if call.inquiry is not None:
            inbox.count_effort(viewer=viewer, inquiry=call.inquiry, effort=row)
    elif fields.get("counts"):
        raise Refused(_("Please say when the call ended and with which customer it was."), field="ended_at")
    if fields.get("closes") and call.inquiry is not None:
        if call.outcome not in ANSWERS:
            raise Refused(_("Nobody was reached: the inquiry is not answered yet."), field="closes")
        inbox.close_inquiry(viewer=viewer, inquiry=call.inquiry, because=Inquiry.Reason.PHONE, now=now)
    title = line(fields, "next_title", longest=160)
    if title and call.account is None:
        raise Refused(
            _("A task belongs to a customer. Please say with which customer the call was."), field="next_title"
        )
    if title and call.account is not None:
        task = {"title": title, "owner_id": viewer.member_id, "due_on": fields.get("next_due_on")}
        tasks.make_task(viewer=viewer, account=call.account, fields={**task, "contact_id": call.contact_id}, now=now)
