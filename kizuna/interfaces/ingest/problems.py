"""What is answered when something is not taken: problem documents (RFC 9457) for programs, so in English only."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"


@dataclass(eq=False)
class Rejected(Exception):
    """The request as a whole is not taken."""

    status: int
    code: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """Return the problem document."""
        title = HTTPStatus(self.status).phrase
        document = {"type": "about:blank", "title": title, "status": self.status, "code": self.code}
        return json.dumps(document | {"detail": self.detail}).encode()


DETAILS = {
    "not_an_object": "An event is a JSON object.",
    "unknown_type": "The type of an event is identify, track, page, screen, group or alias.",
    "no_identity": "An event needs a userId or an anonymousId.",
    "no_event_name": "A track call needs the name of the event in “event”.",
    "no_group": "A group call needs a groupId.",
    "no_previous_id": "An alias call needs a previousId.",
    "id_too_long": "An id has more than 255 characters.",
    "name_too_long": "The name of the event has more than 200 characters.",
    "wrong_shape": "properties, traits and context are JSON objects.",
    "bad_timestamp": "The timestamp is no ISO 8601 time, or lies before the year 2000.",
    "bad_number": "A number is too large for JSON.",
    "event_too_large": "An event has more than 32 KB.",
    "empty_batch": "The batch holds no event.",
}
