"""From a request to JSON, within caps: nothing larger than the cap is ever in memory, compressed or not."""

import base64
import binascii
import json
import zlib
from typing import Any, NoReturn

from kizuna.interfaces.ingest.problems import Rejected

MAX_BODY_BYTES = 500 * 1024
CHUNK = 65_536
LONGEST_LENGTH = 19  # digits


def body_of(environ: dict[str, Any]) -> bytes:
    """Return the body as it was before compression, or raise Rejected."""
    length = environ.get("CONTENT_LENGTH") or ""
    said = int(length) if length.isdecimal() and len(length) < LONGEST_LENGTH else None
    if len(length) >= LONGEST_LENGTH or (said or 0) > MAX_BODY_BYTES:
        raise _too_large()
    raw = _read(environ["wsgi.input"], said)
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding in ("gzip", "x-gzip"):
        return _unzipped(raw)
    raise Rejected(415, "encoding", "A body is sent plain or by gzip.", {"Accept-Encoding": "gzip, identity"})


def json_of(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`, or raise Rejected."""
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Rejected(400, "not_json", "The body is no JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise Rejected(400, "not_an_object", "The body is a JSON object.")
    return found


def key_in_header(environ: dict[str, Any]) -> str:
    """Return the write key of the Authorization header: the user name of Basic, or a Bearer token; "" without one."""
    kind, _space, value = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    value = value.strip()
    if kind.lower() == "bearer":
        return value
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _read(stream: Any, length: int | None) -> bytes:
    """Read at most one byte more than the cap: a client that says nothing of the length may send anything."""
    wanted = MAX_BODY_BYTES + 1 if length is None else length
    parts, size = [], 0
    while size < wanted and (part := stream.read(min(CHUNK, wanted - size))):
        parts.append(part)
        size += len(part)
    if size > MAX_BODY_BYTES:
        raise _too_large()
    if length is not None and size < length:
        raise Rejected(400, "cut_off", "The body ended too early.")
    return b"".join(parts)


def _unzipped(raw: bytes) -> bytes:
    """Unpack at most the cap: a bomb is noticed at its first byte beyond."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = unpacking.decompress(raw, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Rejected(400, "not_gzip", "The body is no gzip.") from None
    if len(body) > MAX_BODY_BYTES:
        raise _too_large()
    if not unpacking.eof or unpacking.unused_data:
        raise Rejected(400, "not_gzip", "The body is no gzip.")
    return body


def _too_large() -> Rejected:
    return Rejected(413, "batch_too_large", "A request holds at most 500 KB.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
