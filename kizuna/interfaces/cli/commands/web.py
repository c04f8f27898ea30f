"""`kizuna web`: the pages alone, by granian. Workers elsewhere do the background work."""

import argparse
import importlib
import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from kizuna.base.hosting import directory
from kizuna.interfaces.cli.listening import add_listening_arguments, require_safe_address
from kizuna.interfaces.cli.parent_death import die_with_parent

HELP = "serve the pages alone (see serve)"
SCOPE = "installation"

STOP_SECONDS = 30
# What may wait inside a process; more waits in the kernel's queue, where the proxy in front sees it.
WAITING_REQUESTS = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_listening_arguments(parser)


def run(options: argparse.Namespace) -> int:
    require_safe_address(options.host)
    os.environ["KIZUNA_PROCESS"] = "web"
    if options.workers > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(
            _empty_folder(directory().home / "run" / f"metrics-{options.port}")
        )
    server = Granian(
        "kizuna.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        blocking_threads=options.threads,
        backpressure=WAITING_REQUESTS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(load_application, parent=os.getpid()), wrap_loader=False)
    return 0


def _empty_folder(folder: Path) -> Path:
    """Return the folder in which the web processes add up their numbers, without those of earlier ones."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def load_application(*, parent: int) -> Callable[..., Any]:
    """Return the application, ready to answer its first request; runs in each web process."""
    die_with_parent(parent=parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # while loading; granian sets its own handler when it serves
    application = importlib.import_module("kizuna.config.wsgi").application
    importlib.import_module("kizuna.interfaces.cli.proof").prove_names()
    return application
