"""Where the web listens: shared by `serve` and `web`."""

import argparse
import ipaddress
import os
import socket
from urllib.parse import urlsplit

from kizuna.interfaces.cli.errors import UsageError

DEFAULT_THREADS = 4
LAST_PORT = 65_535


def add_listening_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="web processes (default: %(default)s)")
    parser.add_argument(
        "--threads",
        type=int,
        default=DEFAULT_THREADS,
        metavar="N",
        help="threads per web process (default: %(default)s)",
    )


def require_safe_address(host: str) -> None:
    """Refuse plain http beyond this machine, unless a proxy with https stands in front (KIZUNA_BASE_URL says so)."""
    if is_loopback(host) or urlsplit(os.environ.get("KIZUNA_BASE_URL", "")).scheme == "https":
        return
    raise UsageError(
        f"Plain http is served on this machine only (--host 127.0.0.1), not on {host}. To serve others, put a proxy "
        "with https in front and set KIZUNA_BASE_URL=https://your.address."
    )


def require_free_port(host: str, port: int) -> None:
    """Refuse a port that somebody listens on: web processes share theirs, so a second server would take half the visits."""
    if not 0 < port <= LAST_PORT:
        raise UsageError(f"There is no port {port}: choose one from 1 to {LAST_PORT} by --port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        raise UsageError(f"Port {port} of {host} cannot be used: {error.strerror}. Choose another by --port.") from None


def is_loopback(host: str) -> bool:
    """Say whether `host` names this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
