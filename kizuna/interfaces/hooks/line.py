"""The door of LINE: what is written to our official accounts, signed over the raw body."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuna.interfaces.api.problems import Problem
from kizuna.interfaces.chat import actions, queries
from kizuna.interfaces.hooks import door, signatures

MOST_BYTES = 1_000_000
MOST_EVENTS = 200


@door.hook(most_bytes=MOST_BYTES)
def line(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what LINE tells; it is understood by a job, so that LINE hears at once."""
    now = timezone.now()
    channel = queries.channel_of_key(key)
    if channel is None:
        raise Problem(404, _("No LINE account is served at this address."))
    door.count(key=f"line:{channel.pk}", now=now)
    secret = queries.secret_of(channel)
    signature = request.headers.get("X-Line-Signature", "")
    if not secret or not signatures.is_line(request.body, signature=signature, secret=secret):
        raise door.refuse(request, key=key, why=door.signature_wrong(), now=now)
    actions.keep_events(channel=channel, events=_events(request.body), now=now)
    return JsonResponse({})


def _events(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return (id, event) of what came. An event without an id of its own is known by what it says."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, _("This is no JSON.")) from None
    events = told.get("events") if isinstance(told, dict) else None
    if not isinstance(events, list):
        raise Problem(422, _("A list of events is expected."))
    return [(_id(event), _storable(event)) for event in events[:MOST_EVENTS] if isinstance(event, dict)]


def _id(event: dict[str, Any]) -> str:
    given = event.get("webhookEventId")
    if isinstance(given, str) and 0 < len(given) <= 80 and given.isascii() and given.isprintable():
        return given
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _storable(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as PostgreSQL can hold it: without NUL and halves of letters."""
    text = json.dumps(event).replace("\\u0000", "")
    return json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))  # type: ignore[no-any-return]
