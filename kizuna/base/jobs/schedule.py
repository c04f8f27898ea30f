"""Periodic jobs. Each slot of an entry becomes one ledger row, unique, so that two schedulers never fire it twice.

After downtime only the latest missed slot fires, never the whole series.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from kizuna.base.jobs.models import Job

EVERY = re.compile(r"every (\d+)([smhd])")
DAILY = re.compile(r"daily (\d\d):(\d\d) (\S+)")
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_PERIOD = timedelta(days=1)  # the ledger forgets slots that are older than its done rows


class BadSchedule(ValueError):
    """The text is neither `every 5m` nor `daily 03:00 Asia/Tokyo`."""


@dataclass(frozen=True)
class Every:
    """Slots at whole multiples of a period since 1970 (UTC)."""

    period: timedelta

    def latest(self, now: datetime) -> datetime:
        seconds = int(self.period.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)

    def following(self, slot: datetime) -> datetime:
        return slot + self.period


@dataclass(frozen=True)
class Daily:
    """One slot a day at a wall-clock time of a zone."""

    hour: int
    minute: int
    zone: ZoneInfo

    def latest(self, now: datetime) -> datetime:
        local = now.astimezone(self.zone)
        today = self._at(local)
        return (today if today <= now else self._at(local - timedelta(days=1))).astimezone(UTC)

    def following(self, slot: datetime) -> datetime:
        return self._at(slot.astimezone(self.zone) + timedelta(days=1)).astimezone(UTC)

    def _at(self, day: datetime) -> datetime:
        return day.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)


def parse(text: str) -> Every | Daily:
    """Return the rhythm that `text` says, or raise BadSchedule."""
    if match := EVERY.fullmatch(text):
        period = timedelta(seconds=int(match[1]) * UNIT_SECONDS[match[2]])
        if not timedelta() < period <= LONGEST_PERIOD:
            raise BadSchedule(f"{text!r}: the period must be between one second and one day.")
        return Every(period)
    if match := DAILY.fullmatch(text):
        hour, minute = int(match[1]), int(match[2])
        try:
            zone = ZoneInfo(match[3])
        except (ZoneInfoNotFoundError, ValueError):
            raise BadSchedule(f"{text!r}: there is no time zone {match[3]!r}.") from None
        if hour < 24 and minute < 60:
            return Daily(hour, minute, zone)
    raise BadSchedule(f"{text!r} is neither 'every 5m' nor 'daily 03:00 Asia/Tokyo'.")


def materialise(*, now: datetime) -> list[str]:
    """Write a job for each entry whose latest slot has none yet; return the names of the slots looked at."""
    jobs = [_job(name, parse(text).latest(now), now) for name, text in settings.KIZUNA_SCHEDULE]
    slots = [str(job.cron_slot) for job in jobs]
    known = set(Job.objects.filter(cron_slot__in=slots).values_list("cron_slot", flat=True))
    missing = [job for job in jobs if job.cron_slot not in known]
    if missing:
        Job.objects.bulk_create(missing, ignore_conflicts=True)  # another scheduler may be as fast
    return slots


def next_slot_at(*, now: datetime) -> datetime | None:
    """Return when the next slot of any entry begins."""
    rhythms = [parse(text) for _, text in settings.KIZUNA_SCHEDULE]
    return min((rhythm.following(rhythm.latest(now)) for rhythm in rhythms), default=None)


def _job(name: str, slot: datetime, now: datetime) -> Job:
    return Job(name=name, run_at=slot, created_at=now, cron_slot=f"{name} {slot:%Y-%m-%dT%H:%M:%S}Z")
