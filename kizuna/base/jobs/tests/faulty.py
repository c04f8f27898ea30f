"""A real worker that kills itself with SIGKILL at a chosen point: `python -m kizuna.base.jobs.tests.faulty POINT NTH`.

The points are patched into this process only; the product knows nothing of them.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.db import connection, transaction

from kizuna.base.jobs.declared import job

POINTS = ("before_claim", "after_claim", "mid_effect", "before_ack", "ack_uncommitted", "after_ack")
CLEAN = "clean"
LEASE_SECONDS = 1.5


class Fault:
    """Counts how often each point is passed and ends the process at the chosen passage."""

    point = CLEAN
    nth = 1
    passed = 0

    @classmethod
    def at(cls, point: str) -> None:
        if point == cls.point:
            cls.passed += 1
            if cls.passed == cls.nth:
                os.kill(os.getpid(), signal.SIGKILL)


def leave_mark(label: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO faulty_effect (label) VALUES (%s)", [label])


@job("faulty.inside")
def inside(*, number: int) -> None:
    leave_mark(f"inside {number} a")
    Fault.at("mid_effect")
    leave_mark(f"inside {number} b")


@job("faulty.steps", effects="outside")
def steps(*, number: int) -> None:
    from kizuna.base.jobs import running

    for step in range(running.progress().get("through", 0), 3):
        with transaction.atomic():
            leave_mark(f"steps {number} {step}")
            running.checkpoint({"through": step + 1})
        Fault.at("mid_effect")


@job("faulty.tick")
def tick() -> None:
    leave_mark("tick")


def patch_points() -> None:
    """Wrap the real functions so that passing them passes a point."""
    from kizuna.base.jobs import claims, worker

    claims.claim = _wrapped(claims.claim, before="before_claim", after="after_claim")
    claims.complete = _wrapped(claims.complete, before="before_ack", after="ack_uncommitted")
    worker.run = _wrapped(worker.run, before="", after="after_ack")


def _wrapped(function: Callable[..., Any], *, before: str, after: str) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        Fault.at(before)
        result = function(*args, **kwargs)
        if result is not None or after == "ack_uncommitted":
            Fault.at(after)
        return result

    return wrapper


def main(*, modules: tuple[str, ...] = (), consumers: tuple[str, ...] = ()) -> None:
    """Run the worker with the test's jobs added until it is killed or told to stop."""
    Fault.point, Fault.nth = sys.argv[1], int(sys.argv[2])
    django.setup()
    from django.conf import settings

    from kizuna.base.jobs.worker import Worker

    settings.KIZUNA_JOBS = ["kizuna.base.jobs.housekeeping", "kizuna.base.jobs.tests.faulty", *modules]
    settings.KIZUNA_CONSUMERS = list(consumers)
    settings.KIZUNA_SCHEDULE = [("faulty.tick", "every 1s")] if os.environ.get("FAULTY_TICKS") else []
    patch_points()
    Worker(lease_seconds=LEASE_SECONDS).run_forever()


if __name__ == "__main__":
    # Jobs must belong to the module's real name, not to `__main__`.
    from kizuna.base.jobs.tests import faulty

    faulty.main()
