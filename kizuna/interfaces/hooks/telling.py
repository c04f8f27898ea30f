"""How telephone systems say things: our own form and Twilio's, read into events of calls. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kizuna.success.calls.events import ENDED, LONGEST_CALL, MISSED, RECORDING, STARTED, Event

TYPES = {"call.started": STARTED, "call.ended": ENDED, "call.missed": MISSED, "call.recording": RECORDING}
OLDEST, AHEAD = timedelta(days=30), timedelta(minutes=5)
NOT_TAKEN = ("busy", "no-answer", "failed", "canceled")
GOING_ON = ("queued", "initiated", "ringing", "in-progress", "answered")
# What systems send for a number that is withheld.
WITHHELD = re.compile(
    r"^(anonymous|restricted|unavailable|unknown|private|withheld|非通知.*|通知不可|\+?266696687|\+?7378742833)$", re.I
)


class Unclear(Exception):
    """What was told cannot be taken. `errors` say what is wrong where: [{"field", "detail"}]."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def event_of(told: Any, *, event_id: str, now: datetime) -> Event:
    """Return the event of a message in our own form. Raises Unclear."""
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        raise Unclear([_wrong("data", _("An object is expected."))])
    errors: list[dict[str, str]] = []
    kind = TYPES.get(told.get("type")) if isinstance(told.get("type"), str) else None
    if kind is None:
        errors.append(_wrong("type", _("One of: %(names)s.") % {"names": ", ".join(TYPES)}))
    at = _moment(told.get("timestamp"), now=now)
    if at is None:
        errors.append(_wrong("timestamp", _("A time with its zone, of the last 30 days: 2026-11-27T08:00:00Z.")))
    said = {name: _text(data, name, longest, errors) for name, longest in TEXTS.items()}
    if not said["call_id"]:
        errors.append(_wrong("data.call_id", _("By this name the events of one call belong together.")))
    if said["direction"] not in ("", "in", "out"):
        errors.append(_wrong("data.direction", _("“in” or “out”.")))
    answered = data.get("answered")
    if answered is not None and not isinstance(answered, bool):
        errors.append(_wrong("data.answered", _("true or false.")))
    seconds = _seconds(data.get("seconds"), errors)
    if kind == RECORDING and not is_link(said["recording_url"]):
        errors.append(_wrong("data.recording_url", _("An address that begins with https://.")))
    if errors or kind is None or at is None:
        raise Unclear(errors)
    number = "" if WITHHELD.match(said["number"]) else said["number"]
    link = said["recording_url"] if kind == RECORDING else ""
    return Event(
        event_id, kind, said["call_id"], at, said["direction"], number, said["our_number"], said["agent"], answered, seconds, link
    )  # fmt: skip


def twilio_events(params: Mapping[str, str], *, now: datetime) -> list[Event]:
    """Return what one of Twilio's callbacks tells: of a call, of the leg that was dialled, of a recording. Unknown ones tell nothing."""
    params = {name: value.replace("\x00", "")[:600] for name, value in params.items()}
    call_id = (params.get("ParentCallSid") or params.get("CallSid", ""))[:120]
    if not call_id:
        return []
    said_at = _twilio_moment(params.get("Timestamp", ""), now=now)
    if "RecordingSid" in params:
        return _twilio_recording(params, call_id, said_at, now=now)
    if "DialCallStatus" in params:
        status, word, seconds = params["DialCallStatus"], "dial", params.get("DialCallDuration", "")
    else:
        status, word, seconds = params.get("CallStatus", ""), "call", params.get("CallDuration", "")
    is_leg = "ParentCallSid" in params or word == "dial"
    is_in = params.get("Direction", "inbound") == "inbound"
    kind, answered = _twilio_kind(status, is_leg=is_leg, is_in=is_in)
    if not kind:
        return []
    number = params.get("From" if is_in else "To", "")[:40]
    told: dict[str, Any] = {}
    if "ParentCallSid" not in params:  # the leg's own numbers are ours
        told = {
            "direction": "in" if is_in else "out",
            "number": "" if WITHHELD.match(number) else number,
            "our_number": params.get("To" if is_in else "From", "")[:40],
        }
    length = int(seconds) if answered and seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None
    event_id = f"{params.get('CallSid', '')}:{word}:{status}"[:120]
    return [
        Event(
            event_id, kind, call_id, said_at or now, answered=answered, seconds=length, is_at_told=said_at is not None, **told
        )
    ]  # fmt: skip


def is_link(text: str) -> bool:
    """Tell whether a text is an https address that may stand in a page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and parts.username is None
        and text.isascii()
        and " " not in text
    )


TEXTS = {"call_id": 120, "direction": 4, "number": 40, "our_number": 40, "agent": 254, "recording_url": 600}


def _twilio_kind(status: str, *, is_leg: bool, is_in: bool) -> tuple[str, bool | None]:
    """Return the kind of event and whether it proves that somebody talked: one that only came in proves nothing."""
    if status in GOING_ON and not (is_leg and status == "answered"):
        return STARTED, None
    if status in NOT_TAKEN:
        return MISSED, False
    if status in ("completed", "answered"):
        return ENDED, True if is_leg or not is_in else None
    return "", None


def _twilio_recording(
    params: Mapping[str, str], call_id: str, said_at: datetime | None, *, now: datetime
) -> list[Event]:
    link = params.get("RecordingUrl", "")
    if params.get("RecordingStatus", "completed") != "completed" or not is_link(link):
        return []
    at = said_at or _twilio_moment(params.get("RecordingStartTime", ""), now=now)
    event_id = f"{params['RecordingSid']}:recording"[:120]
    return [Event(event_id, RECORDING, call_id, at or now, recording_url=link, is_at_told=at is not None)]


def _twilio_moment(text: str, *, now: datetime) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(moment, now) if moment >= now - OLDEST else None


def _moment(value: Any, *, now: datetime) -> datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) < 60 else None
        if moment is None or moment.tzinfo is None or not now - OLDEST <= moment <= now + AHEAD:
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(data: Mapping[str, Any], name: str, longest: int, errors: list[dict[str, str]]) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or any(ord(letter) < 32 for letter in value):
        errors.append(_wrong(f"data.{name}", _("A text of up to %(most)d letters.") % {"most": longest}))
        return ""
    return value.strip()


def _seconds(value: Any, errors: list[dict[str, str]]) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_CALL:
        errors.append(_wrong("data.seconds", _("A whole number of seconds, up to a day.")))
        return None
    return value


def _wrong(name: str, detail: str) -> dict[str, str]:
    return {"field": name, "detail": detail}
