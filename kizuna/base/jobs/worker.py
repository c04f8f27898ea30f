"""The worker's loop: visits the communities in turn, each with a budget, so that none waits for another's backlog."""

import logging
import os
import secrets
import signal
import socket
import time
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from kizuna.base.hosting import Community, directory, entered
from kizuna.base.jobs import claims, schedule
from kizuna.base.jobs.heartbeat import Heartbeat
from kizuna.base.jobs.runner import Stopped, run
from kizuna.base.jobs.turns import SqliteTurn
from kizuna.base.jobs.wake import Ear

logger = logging.getLogger("kizuna.jobs")

JOBS_PER_VISIT = 20
SECONDS_PER_VISIT = 1.0
ACTIVE_POLL_SECONDS = 1.0
IDLE_POLL_SECONDS = 30.0
SLOWDOWN = 1.6
GRACE_SECONDS = 30
DEFAULT_LEASE_SECONDS = 60.0


@dataclass
class Place:
    """What the loop remembers of a community: when to look again, how calm it is."""

    look_at: float = 0.0
    pause: float = ACTIVE_POLL_SECONDS
    sweep_at: float = 0.0
    next_slot_at: datetime | None = None
    is_new: bool = True


class Worker:
    """One process that claims and runs jobs of every community."""

    def __init__(self, *, lease_seconds: float = DEFAULT_LEASE_SECONDS) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lease_seconds = lease_seconds
        self.is_stopping = False
        self._places: dict[str, Place] = {}
        self._ear = Ear()
        self.turn = SqliteTurn()
        self._heartbeat = Heartbeat(worker=self.name, lease_seconds=lease_seconds, serves=self.turn.may_visit)

    def run_forever(self) -> None:
        """Work until SIGTERM or SIGINT; the job in hand may take GRACE_SECONDS more, then it is given back."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, _give_up)
        self._ear.open()
        self._heartbeat.start()
        try:
            while not self.is_stopping:
                self._round()
                self._rest()
        except Stopped:
            logger.warning("stopped in the middle of a job: it was given back")
        finally:
            signal.alarm(0)
            self._heartbeat.stop()
            self._ear.close()

    def _stop(self, *_: Any) -> None:
        self.is_stopping = True
        signal.alarm(GRACE_SECONDS)
        self._ear.interrupt()

    def _round(self) -> None:
        communities = directory().all()
        slugs = {community.slug for community in communities}
        self._places = {slug: place for slug, place in self._places.items() if slug in slugs}
        for community in communities:
            place = self._places.setdefault(community.slug, Place())
            if self.is_stopping:
                return
            if place.look_at <= time.monotonic():
                Context().run(self._visit, community, place)

    def _rest(self) -> None:
        if self.is_stopping:
            return
        next_look = min((place.look_at for place in self._places.values()), default=time.monotonic() + 1)
        pause = min(next_look - time.monotonic(), ACTIVE_POLL_SECONDS * 5)  # a new community is seen within seconds
        for slug in self._ear.wait(seconds=pause):
            if slug in self._places:
                self._places[slug].look_at = 0.0
                self._places[slug].pause = ACTIVE_POLL_SECONDS

    def _visit(self, community: Community, place: Place) -> None:
        if not self.turn.may_visit(community):
            place.look_at = time.monotonic() + IDLE_POLL_SECONDS
            return
        with entered(community):
            try:
                self._work(community, place)
            except DatabaseError as error:
                logger.warning("%s: its database does not answer: %s", community.slug, error)
                connection.close()
                self._calm_down(place)

    def _work(self, community: Community, place: Place) -> None:
        now = timezone.now()
        self._tidy(place, now)
        self._fire_slots(place, now)
        count = self._run_jobs(community)
        if count:
            place.pause = ACTIVE_POLL_SECONDS
            place.look_at = 0.0 if count >= JOBS_PER_VISIT else time.monotonic() + _until_next(place)
            return
        self._calm_down(place)
        place.look_at = time.monotonic() + _until_next(place)
        if place.pause > ACTIVE_POLL_SECONDS * 5:
            connection.close()

    def _tidy(self, place: Place, now: datetime) -> None:
        """Free the jobs of dead workers. The only worker of a SQLite community need not wait for their leases."""
        if time.monotonic() < place.sweep_at:
            return
        place.sweep_at = time.monotonic() + self.lease_seconds / 4
        claims.sweep(now=now, orphans=place.is_new and connection.vendor == "sqlite")

    def _fire_slots(self, place: Place, now: datetime) -> None:
        if place.is_new or (place.next_slot_at is not None and place.next_slot_at <= now):
            schedule.materialise(now=now)
            place.next_slot_at = schedule.next_slot_at(now=now)
            place.is_new = False

    def _run_jobs(self, community: Community) -> int:
        began = time.monotonic()
        count = 0
        while count < JOBS_PER_VISIT and time.monotonic() - began < SECONDS_PER_VISIT and not self.is_stopping:
            held = claims.claim(worker=self.name, lease_seconds=self.lease_seconds, now=timezone.now())
            if held is None:
                break
            self._heartbeat.hold(community, held)
            try:
                run(held)
            finally:
                self._heartbeat.release()
                connection.close_if_unusable_or_obsolete()
            count += 1
        return count

    def _calm_down(self, place: Place) -> None:
        place.pause = min(IDLE_POLL_SECONDS, place.pause * SLOWDOWN)
        place.look_at = time.monotonic() + place.pause


def _until_next(place: Place) -> float:
    """Return the seconds until the next look: the place's pause, or less when a job or a slot is due before."""
    now = timezone.now()
    moments = [moment for moment in (claims.next_due_at(), place.next_slot_at) if moment]
    return max(0.02, min([place.pause, *((moment - now).total_seconds() for moment in moments)]))


def _give_up(*_: Any) -> None:
    raise Stopped
