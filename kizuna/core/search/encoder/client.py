"""Ask the encoder process of this machine. It may be away: every call has a time limit and an answer for that."""

import hashlib
import json
import os
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

from kizuna.base import hosting
from kizuna.core.search.encoder.place import vector_file

SEARCH_SECONDS = 0.05
LONGEST_ADDRESS = 100  # the kernel allows 108 bytes
_LENGTH = struct.Struct("<I")


class EncoderAway(RuntimeError):
    """No encoder process answered in time."""


def address() -> Path:
    """Return where the encoder process of this installation listens: in its folder, or where the path is short enough."""
    home = hosting.directory().home
    own = home / "run" / "encoder"
    if len(os.fsencode(own)) <= LONGEST_ADDRESS:
        return own
    name = hashlib.blake2b(os.fsencode(home), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"kizuna-{os.getuid()}-{name}" / "encoder"


class Question:
    """A question sent at once and read later, so that the database works meanwhile."""

    def __init__(self, message: dict[str, Any], *, seconds: float) -> None:
        self._socket: socket.socket | None = None
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(str(address()))
            payload = json.dumps(message).encode()
            connection.sendall(_LENGTH.pack(len(payload)) + payload)
        except OSError:
            connection.close()
            return
        self._socket = connection

    def answer(self) -> Any:
        """Return what the encoder says, or raise EncoderAway."""
        if self._socket is None:
            raise EncoderAway
        try:
            with self._socket:
                length = _LENGTH.unpack(received(self._socket, _LENGTH.size))[0]
                answer = json.loads(received(self._socket, length))
        except (OSError, ValueError, struct.error) as error:
            raise EncoderAway from error
        if "error" in answer:
            raise EncoderAway(answer["error"])
        return answer["answer"]


def received(connection: socket.socket, length: int) -> bytes:
    """Return exactly `length` bytes, or raise ConnectionError."""
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(65_536, length - len(parts)))
        if not part:
            raise ConnectionError("the other side hung up")
        parts += part
    return bytes(parts)


def ask_nearest(text: str, *, limit: int = 1_000) -> Question:
    """Ask for the rows of the current community nearest to a text: {"rows": [...], "similarities": [...]}."""
    file = vector_file(hosting.current().folder)
    return Question({"verb": "nearest", "file": str(file), "text": text, "limit": limit}, seconds=SEARCH_SECONDS)


def meanings_of(texts: list[str], *, seconds: float = 60.0) -> list[bytes]:
    """Return the meaning of each text as int8 codes, for whoever keeps vectors of their own; raises EncoderAway."""
    if not texts:
        return []
    return [bytes.fromhex(codes) for codes in Question({"verb": "meanings", "texts": texts}, seconds=seconds).answer()]


def encode_into_file(items: list[tuple[int, str, str]], *, seconds: float = 60.0) -> None:
    """Have the vectors of (row id, title, body) written into the community's file, or raise EncoderAway."""
    file = vector_file(hosting.current().folder)
    Question({"verb": "encode", "file": str(file), "items": items}, seconds=seconds).answer()


def keep_only_in_file(rows: list[int], *, seconds: float = 60.0) -> None:
    """Have the vectors of all other rows blanked, or raise EncoderAway."""
    file = vector_file(hosting.current().folder)
    Question({"verb": "keep_only", "file": str(file), "rows": rows}, seconds=seconds).answer()
