"""A running `kizuna web` with a community and a write key of its own."""

import http.client
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from itertools import count
from pathlib import Path

from django.db import connection
from django.utils import timezone

from kizuna.base.hosting import Community, entered
from kizuna.base.hosting.directory import Directory
from kizuna.core.members import actions, queries
from kizuna.success.usage import folding
from kizuna.success.usage.intake import usage_folder
from kizuna.success.usage.models import UsageDayCount
from kizuna.success.usage.tests.conftest import kept
from tests.cast import make_member

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 180
_numbers = count()


class Served:
    """The server's process tree, its address and the write key."""

    def __init__(self, home: Path, lent: Community) -> None:
        self.home = home
        # A name of its own: this process keeps a connection per name.
        slug = f"served{next(_numbers)}"
        self.community = Directory(home).add(slug=slug, hosts=["127.0.0.1"], database_url=lent.database_url)
        self.community.make_folders()
        if not lent.database_url:
            shutil.copy(lent.folder / "pristine.sqlite3", self.community.folder / "db.sqlite3")
        self.write_key = self.inside(_make_key)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def inside(self, work, *args):
        """Do `work` in the server's community, from this process."""

        def entering():
            with entered(self.community):
                try:
                    return work(*args)
                finally:
                    connection.close()

        return Context().run(entering)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if name != "KIZUNA_PROCESS"}
        environment |= {"KIZUNA_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kizuna", "web", "--port", str(self.port)], cwd=ROOT, env=environment
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """End every process of the server with SIGKILL and return when all of them are gone, with the locks they held."""
        if self.process is not None:
            handles = [os.pidfd_open(pid) for pid in family_of(self.process.pid)]
            for handle in handles:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            # Of these only the first is a child of ours, and the others' ends take their time where memory is large.
            for handle in handles:
                assert select.select([handle], [], [], PATIENCE_SECONDS)[0], "a process of the server does not end"
                os.close(handle)
            self.process.wait()
            self.process = None

    def folded(self) -> tuple[list[dict], int]:
        """Fold what was received; return the rows of the lake and the sum of the counts."""
        return self.inside(_folded)

    def _answers(self) -> bool:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asking.request("GET", "/healthz")
            return asking.getresponse().status == 200
        except OSError:
            return False
        finally:
            asking.close()


@contextmanager
def served(home: Path, lent: Community) -> Iterator[Served]:
    made = Served(home, lent)
    try:
        made.start()
        yield made
    finally:
        made.kill()


def family_of(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid] + [member for child in children for member in family_of(int(child))]


def _make_key() -> str:
    owner = make_member("kenji", "owner")
    system = queries.viewer_of(queries.system_member())
    return actions.make_token(viewer=system, member=owner, scopes=["usage:write"], now=timezone.now())[1]


def _folded() -> tuple[list[dict], int]:
    while folding.fold_waiting(clock=timezone.now, seconds=60):
        continue
    return kept(usage_folder()), sum(UsageDayCount.objects.values_list("count", flat=True))
