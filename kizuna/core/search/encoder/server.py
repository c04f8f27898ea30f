"""The encoder process: loads the model once (about 120 MB) and answers over a local socket, one thread per question.

Verbs: `nearest` (a search waits for it, so the model is handed over after every single text), `encode`, `keep_only` and
`meanings` (jobs). It opens only files inside the installation's folder.
"""

import json
import os
import socketserver
import struct
import threading
from pathlib import Path
from typing import Any

from kizuna.base.text import vectors
from kizuna.core.search.encoder import store

_LENGTH = struct.Struct("<I")
_MAX_MESSAGE = 64 * 1024 * 1024
_model = threading.Lock()


class RefusedFile(ValueError):
    """The file asked for lies outside the installation's folder."""


class Server(socketserver.ThreadingUnixStreamServer):
    """Listens at `address`; `home` is the folder of the installation."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: Path, *, home: Path) -> None:
        self.home = home.resolve()
        address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if address.parent.stat().st_uid != os.getuid():
            raise PermissionError(f"{address.parent} belongs to somebody else")
        address.unlink(missing_ok=True)
        super().__init__(str(address), _Handler)
        address.chmod(0o600)

    def file_of(self, message: dict[str, Any]) -> Path:
        file = Path(message["file"]).resolve()
        if not file.is_relative_to(self.home):
            raise RefusedFile(str(file))
        return file


class _Handler(socketserver.StreamRequestHandler):
    timeout = 70

    def handle(self) -> None:
        try:
            length = _LENGTH.unpack(self.rfile.read(_LENGTH.size))[0]
            if length > _MAX_MESSAGE:
                return
            answer = {"answer": _answer(self.server, json.loads(self.rfile.read(length)))}
        except (ValueError, KeyError, TypeError, struct.error, vectors.EncoderMissing) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        payload = json.dumps(answer).encode()
        try:
            self.wfile.write(_LENGTH.pack(len(payload)) + payload)
        except OSError:  # the asker's time was over
            return


def _answer(server: Any, message: dict[str, Any]) -> Any:
    if message["verb"] == "meanings":  # of texts that are kept elsewhere: nothing is written
        return [codes.tobytes().hex() for codes in vectors.quantise(_encoded(message["texts"]))[0]]
    file = server.file_of(message)
    if message["verb"] == "nearest":
        found = store.nearest(store.mapped(file), _encoded([message["text"]])[0], limit=int(message["limit"]))
        return {"rows": [row for row, _near in found], "similarities": [round(near, 4) for _row, near in found]}
    if message["verb"] == "encode":
        items = message["items"]
        titles, bodies = (_encoded([item[part] for item in items]) for part in (1, 2))
        return store.put(file, rows=[item[0] for item in items], titles=titles, bodies=bodies)
    if message["verb"] == "keep_only":
        return store.keep_only(file, message["rows"])
    raise ValueError(f"no such verb: {message['verb']!r}")


def _encoded(texts: list[str]) -> Any:
    rows = []
    for text in texts:
        with _model:
            rows.append(vectors.encode([text])[0])
    return vectors.stacked(rows)


def serve(*, address: Path, home: Path) -> None:
    """Answer until the process is ended. The model is loaded before the first question."""
    with Server(address, home=home) as server:
        threading.Thread(target=_warm_up, daemon=True).start()
        server.serve_forever(poll_interval=0.5)


def _warm_up() -> None:
    try:
        _encoded(["温める"])
    except vectors.EncoderMissing:
        return  # each question is answered by an error then
