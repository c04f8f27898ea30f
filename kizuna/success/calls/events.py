"""What a telephone system tells, and how a call is read off everything told of it: the same row in every order.

Pure: no database. A call was talked as soon as anything proves it; else it was missed if anything says so.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

STARTED, ENDED, MISSED, RECORDING = "started", "ended", "missed", "recording"
KINDS = (STARTED, ENDED, MISSED, RECORDING)
IN, OUT = "in", "out"
FACTS = ("direction", "number", "our_number", "agent", "answered", "seconds", "recording_url")
LONGEST_CALL = 24 * 60 * 60


@dataclass(frozen=True)
class Event:
    """One thing told. `number` is the customer's, empty when withheld; `agent` a handle or address of our person."""

    event_id: str
    kind: str
    call_id: str
    at: datetime
    direction: str = ""
    number: str = ""
    our_number: str = ""
    agent: str = ""
    answered: bool | None = None
    seconds: int | None = None
    recording_url: str = ""
    is_at_told: bool = True  # else `at` is when it was heard

    @property
    def facts(self) -> dict[str, Any]:
        """Return what it says, as it is stored."""
        said = {name: getattr(self, name) for name in FACTS}
        return {name: value for name, value in said.items() if value not in ("", None)}

    @property
    def digest(self) -> str:
        """Return a mark of everything it says: another thing under the same number is a mistake of the sender."""
        told = [self.kind, self.call_id, self.at.isoformat() if self.is_at_told else "", self.facts]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Told:
    """One stored event."""

    event_id: str
    kind: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_off(events: Iterable[Told]) -> dict[str, Any]:
    """Return the columns of a call that its events make."""
    told = sorted(events, key=lambda event: (event.at, event.event_id))
    ended = [event for event in told if event.kind == ENDED]
    seconds = _first(ended, "seconds")
    talked = any(event.facts.get("answered") or event.facts.get("seconds") for event in ended)
    is_missed = any(event.kind == MISSED or event.facts.get("answered") is False for event in told)
    at, ended_at = _times(told, ended, seconds)
    state = "talked" if talked or (ended and not is_missed) else "missed" if is_missed else "ringing"
    return {
        "direction": _first(told, "direction") or IN,
        "number": _first(told, "number") or "",
        "our_number": _first(told, "our_number") or "",
        "state": state,
        "at": at,
        "ended_at": ended_at,
        "seconds": seconds if state == "talked" else None,
        "recording_url": _first(list(reversed(told)), "recording_url") or "",
    }


def agent_of(events: Iterable[Told]) -> str:
    """Return who of us took or made the call, as the system calls them; the last one told, where it was put through."""
    told = sorted(events, key=lambda event: (event.at, event.event_id), reverse=True)
    return str(_first(told, "agent") or "")


def _times(told: Sequence[Told], ended: Sequence[Told], seconds: int | None) -> tuple[datetime, datetime | None]:
    began = [event.at for event in told if event.kind == STARTED]
    over = [event.at for event in told if event.kind in (ENDED, MISSED)]
    ended_at = max(over, default=None)
    if began:
        at = min(began)
    elif ended:
        at = min(event.at for event in ended) - timedelta(seconds=seconds or 0)
    else:
        at = told[0].at
    return at, None if ended_at is None else max(ended_at, at)


def _first(events: Sequence[Told], name: str) -> Any:
    return next((event.facts[name] for event in events if event.facts.get(name) not in (None, "")), None)
