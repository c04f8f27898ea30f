"""Is this process alive, and is the installation ready: directory, databases, workers."""

from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from kizuna.base.hosting import Community, directory, entered
from kizuna.base.jobs.heartbeat import SIGN_OF_LIFE_SECONDS, last_sign_of_life

# A worker signs every minute, but on SQLite its signature may have to wait for a job's transaction.
WORKER_SILENT_AFTER = timedelta(seconds=2.5 * SIGN_OF_LIFE_SECONDS)
COMMUNITIES_PER_LOOK = 5

_looks = count()


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `problem` is empty when it is well."""

    subject: str
    problem: str = ""


def readiness() -> list[Finding]:
    """Look at the directory and at some communities, others at each call, so that many do not make it slow."""
    try:
        communities = directory().all()
    except (OSError, ValueError) as error:
        return [Finding("directory", f"cannot be read: {error}")]
    start = next(_looks) * COMMUNITIES_PER_LOOK
    chosen = [
        communities[(start + step) % len(communities)] for step in range(min(COMMUNITIES_PER_LOOK, len(communities)))
    ]
    return [Finding("directory"), *(Context().run(_look_at, community) for community in chosen)]


def _look_at(community: Community) -> Finding:
    with entered(community):
        try:
            seen_at = last_sign_of_life()
        except DatabaseError as error:
            return Finding(community.slug, f"the database does not answer: {type(error).__name__}")
        finally:
            connection.close()
    if seen_at is None:
        return Finding(community.slug, "no worker has been seen")
    silent = timezone.now() - seen_at
    if silent > WORKER_SILENT_AFTER:
        return Finding(community.slug, f"the last sign of a worker is {int(silent.total_seconds())} seconds old")
    return Finding(community.slug)
