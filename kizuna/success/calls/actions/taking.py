"""Take in what a telephone system tells: once each, in any order, and what follows from it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from kizuna.base.text import phones
from kizuna.core.community.queries import setting
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.calls import activities, queries
from kizuna.success.calls.actions.writing import held, minutes_of, tell, write_down
from kizuna.success.calls.events import Event, Told, agent_of, read_off
from kizuna.success.calls.models import Call, CallEvent, CallSource
from kizuna.success.calls.settings import RECORDING_DAYS
from kizuna.success.encounters import actions as encounters
from kizuna.success.encounters.queries import team
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry

SETTLED_AFTER = timedelta(days=30)  # after this a call is as it is; its events are forgotten
State = Call.State


class Clash(Exception):
    """The same event id with something else in it: a mistake of the sender."""


@dataclass(frozen=True)
class Taken:
    """The call it is about. `is_new` is False when the event had come before."""

    call: Call
    is_new: bool


def take_event(*, source: CallSource, event: Event, now: datetime) -> Taken:
    """Take one event in. Twice, or two at once, is once. Raises Clash."""
    if known := _known(source, event):
        return known
    try:
        with transaction.atomic():
            return _taken_in(source, event, now=now)
    except IntegrityError:  # another process was faster: with this event, or with the call's first one
        if known := _known(source, event):
            return known
    with transaction.atomic():
        return _taken_in(source, event, now=now)


def _known(source: CallSource, event: Event) -> Taken | None:
    row = CallEvent.objects.select_related("call").filter(source=source, event_id=event.event_id).first()
    if row is None:
        return None
    if row.digest != event.digest:
        raise Clash
    return Taken(row.call, is_new=False)


def _taken_in(source: CallSource, event: Event, *, now: datetime) -> Taken:
    call = Call.objects.filter(source=source, external_id=event.call_id).first()
    if call is None:
        call = Call.objects.create(
            source=source, external_id=event.call_id, direction=event.direction or Call.Direction.IN, at=event.at,
            created_at=now, updated_at=now,
        )  # fmt: skip
    call = held(call.pk)
    CallEvent.objects.create(
        source=source, event_id=event.event_id, digest=event.digest, call=call, kind=event.kind, at=event.at,
        facts=event.facts, received_at=now,
    )  # fmt: skip
    CallSource.objects.filter(pk=source.pk).update(heard_at=now)
    if call.created_at > now - SETTLED_AFTER and not call.is_removed:
        before = call.state
        _read(call, now=now)
        _follow(call, before=before, now=now)
    call.updated_at = now
    call.save()
    return Taken(call, is_new=True)


def _read(call: Call, *, now: datetime) -> None:
    """Let a call be what everything told of it says."""
    rows = call.events.values_list("event_id", "kind", "at", "facts")
    told = [Told(*row) for row in rows]
    for name, value in read_off(told).items():
        setattr(call, name, value)
    call.number_key = phones.key_of(call.number)
    if call.recording_url and call.recording_until is None:
        call.recording_until = _recording_until(local_day(now))
    if call.member_id is None and (word := agent_of(told)):
        call.member = _agent(word)
    if not call.is_placed and call.account_id is None:
        owners = queries.owners_of(call.number_key)
        call.account, call.contact = owners.account, owners.contact


def _recording_until(today: date) -> date:
    return today + timedelta(days=int(setting(RECORDING_DAYS)))


def _agent(word: str) -> Member | None:
    """Return who of the team that is, by handle or address; never by name."""
    key = normalised_email(word)
    return next((member for member in team() if key in (member.email_key, member.handle)), None)


def _follow(call: Call, *, before: str, now: datetime) -> None:
    viewer = system_viewer()
    if call.state == State.TALKED and call.ended_at is not None:
        _answered(call, now=now)  # each time: only now the number may be known
        write_down(call, now=now)
        if before != State.TALKED:
            tell(activities.CALL_ENDED, call, viewer=viewer, now=now, minutes=minutes_of(call))
        return
    if before == State.TALKED:
        _take_back(call, now=now)
    if call.is_missed and call.inquiry_id is None:
        _ask_back(call, now=now)


def _take_back(call: Call, *, now: datetime) -> None:
    """Take what was written down by itself off the timeline: told in full, nobody had taken the call."""
    said = call.encounter
    if said is not None and said.edited_at is None and not said.body:
        encounters.remove_encounter(viewer=system_viewer(), encounter=said, now=now)
        call.encounter = None


def _answered(call: Call, *, now: datetime) -> None:
    """Let a talk answer what was missed from that number, whoever of the two called."""
    inquiry = call.inquiry or queries.open_missed(call.number_key)
    if inquiry is None or (call.inquiry is None and call.ended_at and inquiry.received_at > call.ended_at):
        return  # what was missed after the talk is not answered by it
    call.inquiry = inquiry
    if inquiry.channel != Inquiry.Channel.MISSED or inquiry.is_closed:
        return
    # While an answer is still on its way the team closes it by hand.
    with suppress(Refused), transaction.atomic():
        inbox.close_inquiry(viewer=system_viewer(), inquiry=inquiry, because=Inquiry.Reason.PHONE, now=now)


def _ask_back(call: Call, *, now: datetime) -> None:
    """Let a missed call be an inquiry, or go on with the one that is open for the number."""
    open_one = queries.open_missed(call.number_key)
    received = inbox.note_missed_call(
        phone=phones.shown(call.number_key) if call.number_key else call.number,
        at=call.ended_at or call.at,
        now=now,
        call_id=f"{call.source_id}:{call.external_id}",
        contact_id=call.contact_id,
        account_id=call.account_id,
        continues=open_one.pk if open_one else None,
        count=queries.missed_on(open_one) + 1 if open_one else 1,
    )
    call.inquiry = received.inquiry
    tell(activities.CALL_MISSED, call, viewer=system_viewer(), now=now, again=open_one is not None)
