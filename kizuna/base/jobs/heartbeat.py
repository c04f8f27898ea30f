"""The worker's second thread: keeps the lease of a long job and leaves a sign of life in every community."""

import logging
import threading
import time
from collections.abc import Callable
from contextvars import Context
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from kizuna.base.hosting import Community, directory, entered
from kizuna.base.jobs import claims
from kizuna.base.jobs.claims import Claim
from kizuna.base.jobs.models import WorkerHeartbeat

logger = logging.getLogger("kizuna.jobs")

SIGN_OF_LIFE_SECONDS = 60


class Heartbeat(threading.Thread):
    """Runs beside the worker's loop, on connections of its own."""

    def __init__(self, *, worker: str, lease_seconds: float, serves: Callable[[Community], bool]) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.worker = worker
        self.lease_seconds = lease_seconds
        self.serves = serves
        self._stopping = threading.Event()
        self._held: tuple[Community, Claim] | None = None
        self._extended_at = 0.0
        self._last_sign = float("-inf")

    def hold(self, community: Community, held: Claim) -> None:
        """Keep the lease of `held` from now on."""
        self._extended_at = time.monotonic()
        self._held = (community, held)

    def release(self) -> None:
        self._held = None

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=2)

    def run(self) -> None:
        while True:
            self._keep_lease()
            if time.monotonic() - self._last_sign >= SIGN_OF_LIFE_SECONDS:
                self._last_sign = time.monotonic()
                self._show_life()
            if self._stopping.wait(min(self.lease_seconds / 4, SIGN_OF_LIFE_SECONDS)):
                return

    def _keep_lease(self) -> None:
        held = self._held
        if held is None or time.monotonic() - self._extended_at < self.lease_seconds / 4:
            return
        community, claim = held
        self._extended_at = time.monotonic()
        Context().run(_attempt, community, lambda now: self._extend(claim, now))

    def _extend(self, claim: Claim, now: datetime) -> None:
        is_ours = claims.extend(claim, lease_seconds=self.lease_seconds, now=now)
        if not is_ours and self._held is not None and self._held[1] is claim:
            logger.warning("%s #%s: the lease is lost, this attempt will be undone", claim.name, claim.job_id)

    def _show_life(self) -> None:
        for community in directory().all():
            if self._stopping.is_set():
                return
            if self.serves(community):
                Context().run(_attempt, community, self._sign)
            self._keep_lease()

    def _sign(self, now: datetime) -> None:
        WorkerHeartbeat.objects.update_or_create(worker=self.worker, defaults={"seen_at": now})


def _attempt(community: Community, work: Callable[[datetime], None]) -> None:
    """Do `work(now)` inside the community and close the connection; a database that is away is tried again next time."""
    with entered(community):
        try:
            work(timezone.now())
        except DatabaseError as error:
            logger.warning("%s: no heartbeat: %s", community.slug, error)
        finally:
            connection.close()


def last_sign_of_life() -> datetime | None:
    """Return when a worker was last seen in the current community."""
    return WorkerHeartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
