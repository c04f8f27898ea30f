"""The doors of telephone systems: signed in our own form, or as Twilio signs."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuna.base.hosting.links import absolute_url
from kizuna.interfaces.api import problems
from kizuna.interfaces.api.problems import Problem
from kizuna.interfaces.hooks import door, signatures
from kizuna.interfaces.hooks.telling import Unclear, event_of, twilio_events
from kizuna.success.calls import actions, queries
from kizuna.success.calls.models import CallSource

MOST_BYTES = 64 * 1024
LONGEST_ID = 120
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'  # so that Twilio goes on with nothing


@door.hook(most_bytes=MOST_BYTES)
def standard(request: HttpRequest, key: str) -> HttpResponse:
    """Take one event in our own form."""
    now = timezone.now()
    source = _source(key, CallSource.Kind.STANDARD)
    door.count(key=f"calls:{source.pk}", now=now)
    event_id, timestamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    body = request.body
    is_signed = signatures.is_standard(
        body,
        event=event_id,
        timestamp=timestamp,
        signatures=request.headers.get("webhook-signature", ""),
        secrets=actions.keys_of(source, now=now),
    )
    if not is_signed or not event_id or len(event_id) > LONGEST_ID:
        raise door.refuse(request, key=key, why=door.signature_wrong(), now=now)
    if not signatures.is_timely(timestamp, now=now.timestamp()):
        raise door.refuse(request, key=key, why=door.time_wrong(), now=now)
    try:
        event = event_of(_json(body), event_id=event_id, now=now)
    except Unclear as unclear:
        return problems.problem(422, errors=unclear.errors)
    try:
        taken = actions.take_event(source=source, event=event, now=now)
    except actions.Clash:
        return problems.problem(409, code="clash", detail=_("Something else was told under this webhook-id before."))
    return JsonResponse({"call": taken.call.pk, "repeated": not taken.is_new})


@door.hook(most_bytes=MOST_BYTES)
def twilio(request: HttpRequest, key: str) -> HttpResponse:
    """Take one callback of Twilio: a call's status, a dialled leg's, a recording's."""
    now = timezone.now()
    source = _source(key, CallSource.Kind.TWILIO)
    door.count(key=f"calls:{source.pk}", now=now)
    if request.content_type != "application/x-www-form-urlencoded":
        raise Problem(415, _("A form is expected (application/x-www-form-urlencoded)."))
    sent = QueryDict(request.body, encoding="utf-8")
    pairs = [(name, value) for name, values in sent.lists() for value in values]
    # What is signed is the public address, whatever a proxy made of it on the way.
    url = absolute_url(request.get_full_path())
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signatures.is_twilio(url, pairs, signature=signature, secrets=actions.keys_of(source, now=now)):
        raise door.refuse(request, key=key, why=door.signature_wrong(), now=now)
    for event in twilio_events(sent.dict(), now=now):  # type: ignore[arg-type]
        try:
            actions.take_event(source=source, event=event, now=now)
        except actions.Clash:
            return problems.problem(409, code="clash", detail=_("Something else was told of this before."))
    return HttpResponse(TWIML, content_type="text/xml; charset=utf-8")


def _source(key: str, kind: str) -> CallSource:
    source = queries.source_of_key(key, kind=kind)
    if source is None:
        raise Problem(404, _("No telephone system tells of calls at this address."))
    return source


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, _("This is no JSON.")) from None
