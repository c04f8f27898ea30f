"""From JSON to lines of the journal: what of it is taken, what is refused and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kizuna.interfaces.ingest.problems import DETAILS, Rejected
from kizuna.success.usage.wire import MAX_NAME, Unacceptable, journal_line, moment, refusal_line, word

BATCH = "batch"
TOLD = 100


@dataclass
class Received:
    """What a request brought."""

    lines: list[bytes] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)

    def told(self) -> list[dict[str, Any]]:
        """Return which events were refused, and why, for the answer."""
        return [{"index": index, "code": reason, "detail": DETAILS[reason]} for index, reason in self.refused[:TOLD]]


def received(document: dict[str, Any], *, kind: str, key: int, now: datetime) -> Received:
    """Read the events of a request to `/v1/KIND`. Good ones are taken even when others of the batch are not."""
    events, kind = (_batch(document), "") if kind == BATCH else ([document], kind)
    sent_at = _sent_at(document)
    found = Received()
    for index, event in enumerate(events):
        try:
            found.lines.append(journal_line(event, kind=kind, key=key, received_at=now, sent_at=sent_at))
        except Unacceptable as refusal:
            found.refused.append((index, refusal.reason))
            found.examples.setdefault(refusal.reason, _example(event))
    for reason, count in Counter(reason for _index, reason in found.refused).items():
        found.lines.append(
            refusal_line(key=key, reason=reason, count=count, example=found.examples[reason], received_at=now)
        )
    return found


def _batch(document: dict[str, Any]) -> list[Any]:
    events = document.get("batch")
    if not isinstance(events, list):
        raise Rejected(400, "no_batch", "A batch is a JSON object with the list “batch”.")
    if not events:
        raise Rejected(400, "empty_batch", DETAILS["empty_batch"])
    shared = document.get("context")
    if isinstance(shared, dict) and shared:
        return [{"context": shared, **event} if isinstance(event, dict) else event for event in events]
    return events


def _sent_at(document: dict[str, Any]) -> datetime | None:
    try:
        return moment(document.get("sentAt"))
    except ValueError:
        return None  # without it the events' own times stand


def _example(event: Any) -> str:
    """Return what helps to find the event in the sender's program: its kind and name, never what it says of a person."""
    if not isinstance(event, dict):
        return type(event).__name__
    parts = (word(event.get("type")), word(event.get("event")) or word(event.get("name")), word(event.get("messageId")))
    return " ".join(filter(None, parts))[:MAX_NAME]
