"""A mailbox on this machine that speaks as much IMAP as is asked of it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Box:
    """What lies in the mailbox: {number: mail}. `seen` are the numbers marked so; `cut_at` breaks the line at that number."""

    port: int
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 1
    password: str = "pa ss"
    seen: list[int] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    cut_at: int = 0
    logins: int = 0


@contextmanager
def serving(mails: dict[int, bytes]) -> Iterator[Box]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        box = Box(server.getsockname()[1], dict(mails))
        thread = threading.Thread(target=_serve, args=(server, box), daemon=True)
        thread.start()
        yield box
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _serve(server: socket.socket, box: Box) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as lines:
            try:
                _talk(lines, box)
            except (OSError, EOFError, ValueError):
                continue


def _talk(lines, box: Box) -> None:
    def say(text: str | bytes) -> None:
        lines.write((text.encode() if isinstance(text, str) else text) + b"\r\n")
        lines.flush()

    say("* OK ready")
    while line := lines.readline():
        tag, verb, rest = [*line.decode().strip().split(" ", 2), ""][:3]
        verb = verb.upper()
        if verb == "CAPABILITY":
            say("* CAPABILITY IMAP4rev1")
        elif verb == "LOGIN":
            box.logins += 1
            if box.password not in rest:
                say(f"{tag} NO wrong")
                continue
        elif verb == "SELECT":
            if "INBOX" not in rest:
                say(f"{tag} NO no such folder")
                continue
            say(f"* {len(box.mails)} EXISTS")
            say(f"* OK [UIDVALIDITY {box.validity}] here")
        elif verb == "UID":
            _uid(rest, box, say)
        elif verb == "LOGOUT":
            say("* BYE")
            say(f"{tag} OK")
            return
        say(f"{tag} OK done")


def _uid(rest: str, box: Box, say) -> None:
    verb, _gap, words = rest.partition(" ")
    if verb.upper() == "SEARCH":
        first = int(re.search(r"UID (\d+)", words)[1])
        # A server answers with its last mail even when that is older (RFC 3501).
        found = [number for number in sorted(box.mails) if number >= first] or sorted(box.mails)[-1:]
        say("* SEARCH " + " ".join(map(str, found)))
        return
    number = int(words.split(" ")[0])
    raw = box.mails.get(number)
    if verb.upper() == "STORE":
        box.seen.append(number)
    elif raw is not None and "RFC822.SIZE" in words:
        say(f"* 1 FETCH (UID {number} RFC822.SIZE {box.sizes.get(number, len(raw))})")
    elif raw is not None:
        if box.cut_at == number:
            box.cut_at = 0
            raise EOFError
        say(f"* 1 FETCH (UID {number} BODY[] {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
