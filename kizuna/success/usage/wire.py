"""Segment's wire format: what a sent event must hold, and what it says once it is read. Pure; no database, no clock."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

KINDS = frozenset({"identify", "track", "page", "screen", "group", "alias"})
COUNTED_KINDS = frozenset({"track", "page", "screen"})
MAX_EVENT_BYTES = 32 * 1024
MAX_ID = 255
MAX_NAME = 200
EVENT_MARK = b',"e":'
ID_FIELDS = ("userId", "anonymousId", "groupId", "previousId", "messageId")
# Before this day there was nothing to send usage from: such a time is a mistake of units.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

REASONS = (
    "not_an_object",
    "unknown_type",
    "no_identity",
    "no_event_name",
    "no_group",
    "no_previous_id",
    "id_too_long",
    "name_too_long",
    "wrong_shape",
    "bad_timestamp",
    "bad_number",
    "event_too_large",
)


class Unacceptable(ValueError):
    """The event cannot be taken; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class UsageEvent:
    """One event as it is kept and counted. `at` is corrected for the sender's clock; ids are "" when unknown."""

    id: str
    kind: str
    name: str
    person: str
    anonymous: str
    group: str
    at: datetime
    received_at: datetime
    key: int
    sent: dict[str, Any]

    def as_line(self, sent: bytes) -> bytes:
        """Return the row of the lake: what is known of the event, and `sent`, the event's own JSON as it came."""
        row = {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "person": self.person,
            "anonymous": self.anonymous,
            "group": self.group,
            "at": self.at.isoformat(),
            "received_at": self.received_at.isoformat(),
            "key": self.key,
        }
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + b',"sent":' + sent + b"}\n"

    @classmethod
    def from_line(cls, line: bytes) -> "UsageEvent":
        """Read back a row of the lake."""
        row = json.loads(line)
        row["at"] = datetime.fromisoformat(row["at"])
        row["received_at"] = datetime.fromisoformat(row["received_at"])
        return cls(**row)


def under_nobody(event: UsageEvent) -> UsageEvent:
    """Return an event of an erased person: what was done, for which group and when, and nothing else.

    A group's own traits stay: they describe the group.
    """
    sent = {"traits": event.sent["traits"]} if event.kind == "group" and event.sent.get("traits") else {}
    return replace(event, person="", anonymous="", sent=sent)


def journal_line(event: Any, *, kind: str, key: int, received_at: datetime, sent_at: datetime | None) -> bytes:
    """Return the line of the journal for an event as it was sent, or raise Unacceptable.

    `kind` is what the address said; in a batch it is "" and each event says its own.
    """
    if not isinstance(event, dict):
        raise Unacceptable("not_an_object")
    kind = kind or str(event.get("type", ""))
    _check(event, kind)
    try:
        sent = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(errors="replace")
    except ValueError:
        raise Unacceptable("bad_number") from None
    if len(sent) > MAX_EVENT_BYTES:
        raise Unacceptable("event_too_large")
    message_id = word(event.get("messageId")) or f"server-{secrets.token_hex(16)}"
    head = {
        "k": key,
        "t": kind,
        "m": message_id,
        "r": received_at.isoformat(),
        "s": sent_at.isoformat() if sent_at else None,
    }
    return json.dumps(head, separators=(",", ":")).encode()[:-1] + EVENT_MARK + sent + b"}\n"


def sent_part(line: bytes) -> bytes:
    """Return the event's own JSON from a line of the journal: in the head every quote within a text is escaped."""
    return line[line.index(EVENT_MARK) + len(EVENT_MARK) : -2]


def refusal_line(*, key: int | None, reason: str, count: int, example: str, received_at: datetime) -> bytes:
    """Return the line of the journal that says what was not taken."""
    row = {"k": key, "x": reason, "n": count, "eg": example[:MAX_NAME], "r": received_at.isoformat()}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def read_event(row: dict[str, Any]) -> UsageEvent:
    """Return the event that a line of the journal holds."""
    sent, kind = row["e"], row["t"]
    context = sent.get("context") or {}
    received_at = datetime.fromisoformat(row["r"])
    return UsageEvent(
        id=row["m"],
        kind=kind,
        name=_name(sent, kind),
        person=word(sent.get("userId")),
        anonymous=word(sent.get("anonymousId")),
        group=(word(sent.get("groupId")) or word(context.get("groupId")))[:MAX_ID],
        at=happened_at(
            _timestamp(sent), received_at=received_at, sent_at=row["s"] and datetime.fromisoformat(row["s"])
        ),
        received_at=received_at,
        key=row["k"],
        sent=sent,
    )


def happened_at(timestamp: datetime | None, *, received_at: datetime, sent_at: datetime | None) -> datetime:
    """Return when it happened by our clock: the sender's clock is off by what lies between sending and receiving."""
    if timestamp is None:
        return received_at
    corrected = received_at - (sent_at - timestamp) if sent_at else timestamp
    return max(min(corrected, received_at), EARLIEST)


def moment(text: Any) -> datetime | None:
    """Return an ISO 8601 time as aware UTC, None when there is none; raise ValueError for anything else."""
    if text is None or text == "":
        return None
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError("not a time")
    found = datetime.fromisoformat(text)
    aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a time") from None


def word(value: Any) -> str:
    """Return an id or a name as clean text; "" for what is neither text nor a whole number."""
    if isinstance(value, str):
        if value.isalnum():
            return value
        # Databases refuse NUL, and a half of a surrogate pair is no text.
        return value.replace("\0", "").encode(errors="replace").decode().strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def _check(event: dict[str, Any], kind: str) -> None:
    if kind not in KINDS:
        raise Unacceptable("unknown_type")
    if reason := _wrong_ids(event, kind) or _wrong_shape(event, kind):
        raise Unacceptable(reason)
    try:
        at = _timestamp(event)
    except ValueError:
        raise Unacceptable("bad_timestamp") from None
    if at is not None and at < EARLIEST - timedelta(days=1):
        raise Unacceptable("bad_timestamp")


def _wrong_ids(event: dict[str, Any], kind: str) -> str:
    user, anonymous, group, previous, message = (word(event.get(name)) for name in ID_FIELDS)
    if max(map(len, (user, anonymous, group, previous, message))) > MAX_ID:
        return "id_too_long"
    if not user and not anonymous:
        return "no_identity"
    if kind == "group" and not group:
        return "no_group"
    return "no_previous_id" if kind == "alias" and not previous else ""


def _wrong_shape(event: dict[str, Any], kind: str) -> str:
    if any(not isinstance(event.get(name) or {}, dict) for name in ("properties", "traits", "context")):
        return "wrong_shape"
    name = _name(event, kind)
    if kind == "track" and not name:
        return "no_event_name"
    return "name_too_long" if len(name) > MAX_NAME else ""


def _timestamp(event: dict[str, Any]) -> datetime | None:
    return moment(event.get("timestamp") or event.get("originalTimestamp"))


def _name(event: dict[str, Any], kind: str) -> str:
    if kind == "track":
        return word(event.get("event"))
    if kind in COUNTED_KINDS:
        return " ".join(filter(None, (word(event.get("category")), word(event.get("name")))))
    return ""
