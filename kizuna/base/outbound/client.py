"""Fetch one thing over HTTP: look the name up, check every address, connect to a checked one, follow nothing.

The check and the connection are one step: what DNS says a moment later changes nothing. The whole exchange has one
deadline and the answer a size, so that a slow or endless server costs little.
"""

import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

from kizuna.base.outbound.addresses import PORTS, is_allowed, is_listed

MAX_BYTES = 512 * 1024
SECONDS = 10.0
AGENT = "Kizuna"


class Unreachable(Exception):
    """Nothing usable came back. `reason`: address, name, connection, time, size."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError."""
        return json.loads(self.content)


def fetch(
    url: str,
    *,
    method: str = "GET",
    form: Mapping[str, str] | None = None,
    content: bytes | None = None,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
    is_cut: bool = False,
) -> Answer:
    """Return the answer to one request. Raises Unreachable; a status that says no is an answer.

    Sent is a `form`, or `content` as it is with its `content_type`. `is_cut`: of a long answer the beginning is enough.
    """
    _require_allowed_url(url)
    sent: dict[bytes | str, bytes | str] = {"User-Agent": AGENT, "Accept": "application/json"}
    sent.update(headers or {})  # type: ignore[arg-type]
    if form is not None:
        content, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
    if content is not None:
        sent["Content-Type"] = content_type or "application/octet-stream"
    deadline = time.monotonic() + seconds
    timeout = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
    backend = _Guarded(deadline)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, http2=False, retries=0) as pool,
            pool.stream(method, url, headers=sent, content=content, extensions={"timeout": timeout}) as response,
        ):
            body = _read(response, max_bytes, is_cut=is_cut)
            heads = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, heads, body)
    except Unreachable:
        raise
    except httpcore.TimeoutException:
        raise Unreachable("time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, UnicodeError):
        raise Unreachable("connection") from None


def is_fetchable(url: str) -> bool:
    """Tell whether an address has a form that `fetch` takes at all."""
    try:
        _require_allowed_url(url)
    except Unreachable:
        return False
    return True


def _require_allowed_url(url: str) -> None:
    """Take https on its own port; anything else only where the operator lists host and port."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise Unreachable("address") from None
    host = parts.hostname or ""
    plain = not url.isascii() or any(letter <= " " or letter == "\\" for letter in url)
    if plain or not host or parts.scheme not in ("http", "https") or parts.username is not None:
        raise Unreachable("address")
    if not is_listed(host, port) and (parts.scheme != "https" or port not in PORTS):
        raise Unreachable("address")


def _read(response: httpcore.Response, max_bytes: int, *, is_cut: bool) -> bytes:
    parts, size = [], 0
    for part in response.iter_stream():
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            if not is_cut:
                raise Unreachable("size")
            break
    return b"".join(parts)[:max_bytes]


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _checked(host: str, port: int) -> str:
    """Return an address to connect to; one forbidden among several refuses them all."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not addresses:
        raise Unreachable("name")
    if not is_listed(host, port) and not all(map(is_allowed, addresses)):
        raise Unreachable("address")
    return addresses[0]


class _Guarded(httpcore.NetworkBackend):
    """Connects to a checked address; the name goes on to TLS as it was."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = _checked(host, port)
        left = _left(self._deadline)
        return _Timed(
            self._plain.connect_tcp(address, port, timeout=left, socket_options=socket_options), self._deadline
        )

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Unreachable("address")


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline of the whole."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname=server_hostname, timeout=_left(self._deadline))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unreachable("time")
    return left
