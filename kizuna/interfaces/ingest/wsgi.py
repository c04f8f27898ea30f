"""Answers `/v1/…` inside the community and in front of Django."""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import Error as DatabaseError

from kizuna.base.journal import NotWritten, Overloaded
from kizuna.interfaces.ingest import problems
from kizuna.interfaces.ingest.keys import WriteKey, write_key
from kizuna.interfaces.ingest.problems import DETAILS, Rejected
from kizuna.interfaces.ingest.reading import body_of, json_of, key_in_header
from kizuna.interfaces.ingest.receiving import BATCH, received
from kizuna.interfaces.ingest.strangers import note_stranger
from kizuna.success.usage.intake import journal
from kizuna.success.usage.wire import KINDS, word

logger = logging.getLogger("kizuna.ingest")

PREFIX = "/v1/"
ADDRESSES = {f"{PREFIX}{kind}": kind for kind in (*KINDS, BATCH)}
SUCCESS = b'{"success":true}'
RETRY_SECONDS = 5
# As many requests may be read or wait for the disk at once; members' pages keep the other threads.
AT_ONCE = 3
# One more waits so long for a place: in ordinary times it gets one within a group's fsync.
PATIENCE_SECONDS = 1.0

StartResponse = Callable[..., Any]
Answer = tuple[int, bytes, dict[str, str]]


class IngestFront:
    """The `in_front` of `HostedApplication`: answers usage, and passes everything else on to the next one."""

    def __init__(self, next_in_front: Callable[..., Iterable[bytes]], *, at_once: int = AT_ONCE) -> None:
        self.next_in_front = next_in_front
        self._places = threading.BoundedSemaphore(at_once)

    def __call__(self, application: Any, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.next_in_front(application, environ, start_response)
        status, body, headers = self._answered(environ, ADDRESSES.get(path.rstrip("/")))
        kind = "application/json" if status == 200 else problems.CONTENT_TYPE
        sent = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store", **headers}
        start_response(f"{status} {problems.HTTPStatus(status).phrase}", list(sent.items()))
        return [body]

    def _answered(self, environ: dict[str, Any], kind: str | None) -> Answer:
        try:
            if kind is None:
                raise Rejected(404, "no_such_call", "There is identify, track, page, screen, group, alias and batch.")
            if environ.get("REQUEST_METHOD") != "POST":
                raise Rejected(405, "method", "Usage is sent by POST.", {"Allow": "POST"})
            if not self._places.acquire(timeout=PATIENCE_SECONDS):
                raise _come_again(429, "overloaded", "Too many requests at once.", 1)
            try:
                return _taken(environ, kind)
            finally:
                self._places.release()
        except Rejected as rejected:
            return rejected.status, rejected.body(), rejected.headers


def _taken(environ: dict[str, Any], kind: str) -> Answer:
    """Return the answer to a request whose events are durable by now, or raise Rejected, then none of them is."""
    offered = key_in_header(environ)
    key = _known(offered) if offered else None
    document = json_of(body_of(environ))
    if key is None:
        # Some libraries say the key in the body only.
        key = _known(word(document.get("writeKey")))
    found = received(document, kind=kind, key=key.id, now=datetime.now(UTC))
    try:
        journal().append(b"".join(found.lines))
    except Overloaded as overloaded:
        raise _come_again(429, "overloaded", "More usage waits than may.", overloaded.retry_seconds) from None
    except NotWritten:
        raise _come_again(503, "not_written", "The disk refuses. Send the request again.", RETRY_SECONDS) from None
    if len(found.refused) == (len(document["batch"]) if kind == BATCH else 1):
        reason = found.refused[0][1]
        raise Rejected(413 if reason == "event_too_large" else 400, reason, DETAILS[reason])
    if found.refused:
        return 200, json.dumps({"success": True, "refused": found.told()}).encode(), {}
    return 200, SUCCESS, {}


def _known(secret: str) -> WriteKey:
    try:
        key = write_key(secret) if secret else None
    except DatabaseError as error:
        logger.warning("a write key cannot be looked up: %s", error)
        raise _come_again(503, "not_ready", "The database does not answer.", RETRY_SECONDS) from None
    if key is None:
        note_stranger("unknown_key")
        wanted = {"WWW-Authenticate": 'Basic realm="write key", charset="UTF-8"'}
        raise Rejected(401, "unknown_key", "Send a valid write key as the user name of Basic authentication.", wanted)
    if not key.may_send:
        note_stranger("key_may_not")
        raise Rejected(403, "key_may_not", "This token may not send usage: it needs the scope usage:write and a role.")
    return key


def _come_again(status: int, code: str, detail: str, seconds: int) -> Rejected:
    return Rejected(status, code, detail, {"Retry-After": str(seconds)})
