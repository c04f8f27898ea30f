"""Run one claimed job to its end: done, put back for another attempt, or failed for good."""

import logging
import traceback
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import claims, running
from kizuna.base.jobs.claims import Claim, LostLease
from kizuna.base.jobs.declared import declared_job

logger = logging.getLogger("kizuna.jobs")


class Stopped(BaseException):
    """The worker must end now: the job in hand goes back. Not an error of the job, so no `except Exception` eats it."""


def run(held: Claim) -> bool:
    """Run the job and write down how it ended; say whether it was done."""
    try:
        with running.holding(held):
            _run_body(held)
        return True
    except LostLease:
        logger.warning("%s #%s: another worker has it, this attempt is undone", held.name, held.job_id)
    except Stopped:
        claims.give_back(held, now=timezone.now())
        raise
    except Exception as error:
        logger.warning("%s #%s failed in attempt %s: %r", held.name, held.job_id, held.attempt, error)
        claims.fail(held, error=traceback.format_exc(), now=timezone.now())
    return False


def _run_body(held: Claim) -> None:
    declared = declared_job(held.name)
    if declared.effects == "outside":
        declared.function(**held.args)
        claims.complete(held, now=timezone.now())
        return
    with transaction.atomic():
        declared.function(**held.args)
        claims.complete(held, now=timezone.now())


def run_waiting(*, worker: str = "in-process", ahead: timedelta = timedelta(), limit: int = 1000) -> int:
    """Run the jobs of the current community that are due (or due within `ahead`) here and now; return how many."""
    count = 0
    while count < limit:
        held = claims.claim(worker=worker, lease_seconds=600, now=timezone.now() + ahead)
        if held is None:
            break
        run(held)
        count += 1
    return count
