"""Ask a virus scanner (clamd, by its own protocol over a socket) when the operator named one. Without one nothing is said."""

import socket
import struct
from contextlib import closing

from kizuna.core.inbound.settings import clamd

SECONDS = 30
CHUNK = 64 * 1024


class ScannerAway(OSError):
    """The scanner that was named does not answer: the mail waits, unscanned files are not let in."""


def infected(content: bytes) -> str:
    """Return the name of what was found, "" for nothing. Raises ScannerAway."""
    place = clamd()
    if not place:
        return ""
    try:
        with closing(_connected(place)) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                connection.sendall(struct.pack("!L", len(part)) + part)
            connection.sendall(struct.pack("!L", 0))
            answer = _read(connection)
    except OSError as error:
        raise ScannerAway(f"{place}: {error}") from error
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100]
    if answer != "stream: OK":
        raise ScannerAway(f"{place}: {answer[:200]}")
    return ""


def _connected(place: str) -> socket.socket:
    if place.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        connection.connect(place)
        return connection
    host, _colon, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def _read(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096 and (part := connection.recv(1024)):
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()
