"""A server of our own to measure: where it listens, and when it is there."""

import socket
import time
from urllib.request import urlopen

from kizuna.interfaces.bench import load


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind((load.HOST, 0))
        return listening.getsockname()[1]


def wait_for(port: int, *, path: str = "/healthz") -> None:
    """Return when the server answers."""
    for _try in range(600):
        try:
            with urlopen(f"http://{load.HOST}:{port}{path}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not come up")
