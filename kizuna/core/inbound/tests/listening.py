"""The listener in a thread of its own, on a free port."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context

from kizuna.core.inbound.doors.listener import listen


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(protocol: str = "lmtp") -> Iterator[int]:
    port = free_port()
    ready: dict = {}

    async def run() -> None:
        ready["stop"], ready["loop"] = asyncio.Event(), asyncio.get_running_loop()
        await listen(host="127.0.0.1", port=port, protocol=protocol, stop=ready["stop"])

    # A context of its own: the listener belongs to no community.
    thread = threading.Thread(target=lambda: Context().run(asyncio.run, run()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield port
    ready["loop"].call_soon_threadsafe(ready["stop"].set)
    thread.join(10)
    assert not thread.is_alive()
