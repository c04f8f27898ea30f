"""A hint to workers on this machine that a community has work: best effort, over a local datagram socket.

Losing a hint costs at most one polling interval; workers elsewhere find the work by polling.
"""

import os
import select
import socket
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from kizuna.base.hosting import current

LONGEST_ADDRESS = 100  # the kernel's limit for a socket's path is 108 bytes
PREFIX = "wake-"


def hint() -> None:
    """Tell every worker of this machine that the current community has work."""
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for address in _folder().glob(f"{PREFIX}*"):
            _send(sender, address, current().slug)


def _send(sender: socket.socket, address: Path, slug: str) -> None:
    try:
        sender.sendto(slug.encode(), str(address))
    except (ConnectionRefusedError, FileNotFoundError):  # its worker died without clearing up
        address.unlink(missing_ok=True)
    except OSError:
        pass  # its queue is full: it is about to look anyway


class Ear:
    """Where a worker waits for hints. Also woken from its own signal handlers by `interrupt`."""

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)
        self._address = _folder() / f"{PREFIX}{os.getpid()}"
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Begin to listen; hints sent before are lost."""
        self._socket = _bound(self._address)

    def wait(self, *, seconds: float) -> set[str]:
        """Return the slugs hinted at within `seconds`; at once when there is a hint or an interrupt."""
        sources = [source for source in (self._read_end, self._socket) if source is not None]
        ready, _, _ = select.select(sources, [], [], max(0.0, seconds))
        if self._read_end in ready:
            os.read(self._read_end, 1024)
        return self._received() if self._socket in ready else set()

    def interrupt(self) -> None:
        """End the wait; safe in a signal handler."""
        with suppress(BlockingIOError):
            os.write(self._write_end, b".")

    def close(self) -> None:
        os.close(self._read_end)
        os.close(self._write_end)
        if self._socket is not None:
            self._socket.close()
            self._address.unlink(missing_ok=True)

    def _received(self) -> set[str]:
        slugs: set[str] = set()
        if self._socket is not None:
            with suppress(BlockingIOError):
                while True:
                    slugs.add(self._socket.recv(100).decode(errors="replace"))
        return slugs


def _folder() -> Path:
    return Path(settings.KIZUNA_HOME) / "run"


def _bound(address: Path) -> socket.socket | None:
    if len(os.fsencode(address)) > LONGEST_ADDRESS:
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        address.parent.mkdir(parents=True, exist_ok=True)
        address.unlink(missing_ok=True)
        listener.bind(str(address))
    except OSError:  # a file system without sockets: polling does it
        listener.close()
        return None
    address.chmod(0o600)
    listener.setblocking(False)
    return listener
