"""`kizuna serve`: web and worker in one process tree."""

import argparse
import http.client
import os
import time

from kizuna.interfaces.cli.listening import add_listening_arguments, require_free_port, require_safe_address
from kizuna.interfaces.cli.supervisor import Child, Supervisor

HELP = "serve every community: web pages and background work"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_listening_arguments(parser)
    parser.add_argument(
        "--mail", default=os.environ.get("KIZUNA_MAIL_LISTEN", ""), metavar="HOST:PORT",
        help="also take mail there, by LMTP (default: KIZUNA_MAIL_LISTEN; not at all when empty)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    require_safe_address(options.host)
    require_free_port(options.host, options.port)
    os.environ["KIZUNA_PORT"] = str(options.port)  # what mail and feeds name on a machine without an address
    listening = ["--host", options.host, "--port", str(options.port)]
    web = ["web", *listening, "--workers", str(options.workers), "--threads", str(options.threads)]
    children = [
        Child("web", web, {"KIZUNA_PROCESS": "web"}),
        Child("worker", ["worker"], {"KIZUNA_PROCESS": "worker"}),
        Child("encoder", ["encoder"], {"KIZUNA_PROCESS": "encoder"}, is_optional=True),
    ]
    if options.mail:
        children.append(Child("mail", ["mail", "--listen", options.mail], {"KIZUNA_PROCESS": "mail"}))
    return Supervisor(children, on_tick=Announcement(options.host, options.port)).run()


class Announcement:
    """Says once where the pages are, as soon as they answer."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.began = time.monotonic()
        self.is_made = False

    def __call__(self) -> None:
        if not self.is_made and _answers(self.host, self.port):
            self.is_made = True
            seconds = time.monotonic() - self.began
            print(f"Kizuna serves http://{self.host}:{self.port}/ ({seconds:.1f} s). Ctrl-C stops it.", flush=True)


def _answers(host: str, port: int) -> bool:
    try:
        connection = http.client.HTTPConnection(_reachable(host), port, timeout=1)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (not binding, asking)
