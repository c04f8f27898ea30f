"""Start workers that will be killed, and wait for what they leave behind."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from django.db import connection

from kizuna.base.jobs.models import Job
from kizuna.base.jobs.tests.faulty import CLEAN

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 60


class Workers:
    """The worker processes of one test; none outlives it."""

    def __init__(self, module: str = "kizuna.base.jobs.tests.faulty") -> None:
        self.module = module
        self.processes: list[subprocess.Popen] = []

    def start(self, point: str = CLEAN, nth: int = 1, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", self.module, point, str(nth)],
            cwd=ROOT,
            env={**os.environ, "KIZUNA_PROCESS": "worker", "PYTHONPATH": str(ROOT), **environment},
        )
        self.processes.append(process)
        return process

    def start_and_see_killed(self, point: str, nth: int) -> None:
        """Start a worker and wait for its death at the point; it must die there or there was nothing to prove."""
        process = self.start(point, nth)
        assert process.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL

    def finish_all_jobs(self) -> None:
        """Let a worker without faults do what is left."""
        process = self.start()
        wait_until(lambda: not Job.objects.exclude(state=Job.State.DONE).filter(name__startswith="faulty").exists())
        stop(process)

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


def is_listening(process: subprocess.Popen) -> bool:
    """Say whether a worker has come up."""
    return (Path(os.environ["KIZUNA_HOME"]) / "run" / f"wake-{process.pid}").exists()


def stop(process: subprocess.Popen) -> None:
    """Stop a worker as an operator would."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0


def wait_until(condition, *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting: {list(Job.objects.values_list('name', 'state', 'error'))}"
        time.sleep(0.05)


def make_effects_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE faulty_effect (label varchar(100) NOT NULL)")


def effects() -> Counter:
    with connection.cursor() as cursor:
        cursor.execute("SELECT label FROM faulty_effect")
        return Counter(row[0] for row in cursor.fetchall())
