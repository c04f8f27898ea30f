"""`kizuna worker`: background work of every community."""

import argparse
import logging
import os

from django.db import DatabaseError, connection
from django.utils import timezone

from kizuna.base.hosting import directory, entered
from kizuna.base.jobs.worker import DEFAULT_LEASE_SECONDS, Worker
from kizuna.core.privacy.actions import replay
from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.cli.proof import prove_names

logger = logging.getLogger("kizuna.privacy")

HELP = "do the background work of every community (see serve)"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lease", type=float, default=DEFAULT_LEASE_SECONDS, metavar="SECONDS",
        help="how long a job stays with a worker that gives no sign of life (default: %(default)s)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    os.environ["KIZUNA_PROCESS"] = "worker"
    logging.basicConfig(format="%(asctime)s worker: %(message)s", level=logging.INFO)
    prove_names()
    worker = Worker(lease_seconds=options.lease)
    if not any(worker.turn.may_visit(community) for community in directory().all()):
        raise UsageError("Another worker serves these SQLite communities already; SQLite takes exactly one.")
    _erase_again()
    worker.run_forever()
    return 0


def _erase_again() -> None:
    """Erase again whom a database put back by hand brought back, before anything else is done with it."""
    for community in directory().all():
        with entered(community):
            try:
                replay(now=timezone.now())
            except DatabaseError:
                logger.exception("%s: tombstones could not be looked at; the hourly job tries again", community.slug)
            finally:
                connection.close()
