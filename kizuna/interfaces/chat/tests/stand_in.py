"""Stand-ins for LINE and Slack on loopback: they check what arrives as the real ones do, and note it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class StandIn:
    """What came in. LINE keeps retry keys: the second time under one is 409, and nothing is shown twice."""

    token: str = "t" * 40
    port: int = 0
    pushed: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    refusals: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    drops: int = 0  # so often it takes a message over and then breaks the line

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def push(self, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"message": "Authentication failed"}
        if self.refusals:
            return self.refusals.pop(0)
        key, said = headers.get("X-Line-Retry-Key", ""), json.loads(body)
        messages = said.get("messages")
        is_right = (
            UUID.fullmatch(key) and set(said) == {"to", "messages"} and 1 <= len(messages) <= 5
            and all(set(one) == {"type", "text"} and 0 < len(one["text"].encode("utf-16-le")) // 2 <= 5000 for one in messages)
        )  # fmt: skip
        if not is_right:
            return 400, {"message": "The request body has errors"}
        if key in self.keys:
            assert self.keys[key] == body, "another body under the same key"
            return 409, {"message": "The retry key is already accepted"}
        self.keys[key] = body
        self.pushed.append(said)
        return 200, {"sentMessages": [{"id": "1"}]}


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Stand in for the length of the block."""
    stand_in = StandIn()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/answer/"):
                status, said = stand_in.refusals.pop(0) if stand_in.refusals else (200, {})
                if status == 200:
                    stand_in.answered.append(json.loads(body))
            else:
                status, said = stand_in.push(self.headers, body)
            if stand_in.drops and status == 200:
                stand_in.drops -= 1
                self.connection.close()
                return
            self._say(status, json.dumps(said).encode())

        def do_GET(self) -> None:
            stand_in.asked.append(self.path)
            if self.headers.get("Authorization") != f"Bearer {stand_in.token}":
                self._say(401, b"{}")
            elif "/profile/" in self.path:
                self._say(200, json.dumps({"displayName": "かおり\u3000🌸"}).encode())
            else:
                status, raw = stand_in.files.get(self.path.split("/")[-2], (404, b""))
                self._say(status, raw)

        def _say(self, status: int, raw: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    stand_in.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
