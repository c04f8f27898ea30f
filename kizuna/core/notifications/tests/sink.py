"""A small SMTP server on 127.0.0.1 that answers as a script says, in a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default


@dataclass
class Sink:
    """`script` holds one answer per message: "ok", "drop" (after the text was taken), or a reply such as "451 later"."""

    port: int
    script: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    addressed: list[list[str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def messages(self) -> list[Message]:
        return [message_from_bytes(raw, policy=default) for raw in self.received]


@contextmanager
def listening(**options) -> Iterator[Sink]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sink = Sink(port=server.getsockname()[1], **options)
        thread = threading.Thread(target=_serve, args=(server, sink), daemon=True)
        thread.start()
        yield sink
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def _serve(server: socket.socket, sink: Sink) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            try:
                _talk(connection, sink)
            except (OSError, EOFError):
                continue


def _talk(connection: socket.socket, sink: Sink) -> None:
    lines = connection.makefile("rb")

    def say(text: str) -> None:
        connection.sendall(text.encode() + b"\r\n")

    say("220 sink")
    recipients: list[str] = []
    while line := lines.readline():
        verb = line.decode().strip()
        if verb.upper().startswith(("EHLO", "HELO")):
            say("250 sink")
        elif verb.upper().startswith("RCPT TO:"):
            address = verb[8:].strip().strip("<>").split(">")[0]
            recipients.append(address)
            say(sink.refused.get(address, "250 ok"))
        elif verb.upper() == "DATA":
            say("354 go on")
            if not _take(lines, sink, recipients, say):
                return
            recipients = []
        elif verb.upper() == "QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")


def _take(lines, sink: Sink, recipients: list[str], say) -> bool:
    raw = b""
    while (line := lines.readline()) != b".\r\n":
        if not line:
            raise EOFError
        raw += line[1:] if line.startswith(b"..") else line
    answer = sink.script.pop(0) if sink.script else "ok"
    if answer in {"ok", "drop"}:
        sink.received.append(raw)
        sink.addressed.append(recipients)
    if answer == "drop":
        return False
    say("250 taken" if answer == "ok" else answer)
    return True
