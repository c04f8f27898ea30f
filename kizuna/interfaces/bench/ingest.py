"""`kizuna bench ingest`: batches of 100 events sent to a web process while a worker folds them, on this machine."""

import base64
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from kizuna.base.hosting import Community, directory, entered
from kizuna.core.members import actions as members
from kizuna.interfaces.bench import load, usage
from kizuna.interfaces.bench.serving import free_port, wait_for
from kizuna.interfaces.cli.commands.migrate import migrate_community
from kizuna.success.usage.models import UsageDayTotal

BATCH = 100
CONCURRENCY = 8
PERSONS, GROUPS, NAMES = 2_000, 200, 40
OFFERED_PER_SECOND, MOST_PER_SECOND = 6_000, 20_000
FLAT_OUT_SECONDS = 5.0
DRAIN_SECONDS = 300
Say = Callable[[str], None]


def run(*, seconds: float, say: Say) -> dict:
    """Offer the rate that must hold for `seconds`, then as much as goes for a moment; wait for the folding each time."""
    with tempfile.TemporaryDirectory(prefix="kizuna-bench-") as home:
        os.environ["KIZUNA_HOME"] = home
        community = directory().all()[0]
        with entered(community):
            migrate_community(community, verbosity=0)
            secret = _write_key()
            connection.close()
        port = free_port()
        processes = {"web": _process("web", "--port", str(port), "--workers", "1"), "worker": _process("worker")}
        try:
            wait_for(port)
            bench = Bench(community, port, secret, processes, say)
            bench.warm_up()
            runs = [bench.run("sustained", seconds, OFFERED_PER_SECOND), bench.run("flat out", FLAT_OUT_SECONDS, None)]
        finally:
            for process in processes.values():
                process.send_signal(signal.SIGTERM)
            for process in processes.values():
                process.wait(timeout=40)
    return {"conditions": _conditions(community), "runs": runs}


def _write_key() -> str:
    now = timezone.now()
    system = members.system_viewer()
    owner = members.make_member(viewer=system, email="bench@example.com", handle="bench", roles=["owner"], now=now)
    return members.make_token(viewer=system, member=owner, scopes=["usage:write"], now=now)[1]


@dataclass
class Bench:
    """A running web process and worker, and how many events they were sent so far."""

    community: Community
    port: int
    secret: str
    processes: dict[str, subprocess.Popen]
    say: Say
    sent: int = 0

    def warm_up(self) -> None:
        """Send one batch and wait for it: a worker that rests looks for usage once a minute, one that folds goes on."""
        requests = list(islice(_requests(self.port, self.secret, seed=-1), 1))
        self.sent += load.send(self.port, requests, concurrency=1, seconds=30).requests * BATCH
        self._drained()

    def run(self, name: str, seconds: float, per_second: int | None) -> dict:
        """Send for `seconds`, wait until all is folded, and say what it took."""
        batches = int(seconds * (per_second or MOST_PER_SECOND) / BATCH)
        requests = list(islice(_requests(self.port, self.secret, seed=self.sent), batches))
        cpu_before = self._cpu_ms()
        began = time.monotonic()
        rate = per_second / BATCH if per_second else None
        outcome = load.send(self.port, requests, concurrency=CONCURRENCY, seconds=seconds + 1, per_second=rate)
        events = outcome.requests * BATCH
        self.sent += events
        left = self._drained()
        until_folded = time.monotonic() - began
        found = {
            "run": name,
            "offered_per_second": per_second,
            "events": events,
            "events_per_second": round(events / outcome.seconds),
            "events_per_second_until_folded": round(events / until_folded),
            "seconds_of_folding_left": round(until_folded - outcome.seconds, 1),
            "events_not_folded": left,
            "requests_refused": outcome.errors,
            "p50_ms": round(outcome.p50_ms, 1),
            "p95_ms": round(outcome.p95_ms, 1),
            "cpu_ms_per_1000_events": {
                name: round((spent - cpu_before[name]) * 1000 / max(events, 1), 1)
                for name, spent in self._cpu_ms().items()
            },
            "memory_mb": {name: round(max(map(usage.private_mb, pids)), 1) for name, pids in self._pids().items()},
        }
        self.say(json.dumps(found))
        return found

    def _pids(self) -> dict[str, list[int]]:
        return {name: usage.tree(process.pid) for name, process in self.processes.items()}

    def _cpu_ms(self) -> dict[str, float]:
        found = {name: usage.cpu_ms(pids) for name, pids in self._pids().items()}
        return found | {"database": usage.cpu_ms(usage.postgresql_pids())}

    def _drained(self) -> int:
        """Wait until every event is in the rollups; return how many are not after a long time."""
        end = time.monotonic() + DRAIN_SECONDS
        while (left := self.sent - self._counted()) > 0 and time.monotonic() < end:
            time.sleep(0.5)
        return left

    def _counted(self) -> int:
        with entered(self.community):
            try:
                return UsageDayTotal.objects.aggregate(count=Sum("count"))["count"] or 0
            finally:
                connection.close()


def _process(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "kizuna", *arguments],
        env={**os.environ, "KIZUNA_PROCESS": "command"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _requests(port: int, secret: str, *, seed: int) -> Iterator[bytes]:
    draw = random.Random(seed)  # noqa: S311 (a data set, not a secret)
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode(),
        "Content-Type": "application/json",
    }
    number = 0
    while True:
        now = datetime.now(UTC)
        events = [_event(draw, number + index, now) for index in range(BATCH)]
        number += BATCH
        body = json.dumps({"batch": events, "sentAt": now.isoformat()}, ensure_ascii=False).encode()
        yield load.prepared("/v1/batch", headers, body)


def _event(draw: random.Random, number: int, now: datetime) -> dict:
    person = draw.randrange(PERSONS)
    return {
        "type": "track",
        "messageId": f"bench-{number}-{draw.getrandbits(64):016x}",
        "userId": f"user-{person}",
        "event": f"機能{draw.randrange(NAMES)}を使いました",
        "timestamp": (now - timedelta(seconds=draw.randrange(30))).isoformat(),
        "properties": {"画面": "受注一覧", "件数": draw.randrange(500), "所要ミリ秒": draw.randrange(3000)},
        "context": {"groupId": f"group-{person % GROUPS}", "library": {"name": "bench", "version": "1"}},
    }


def _conditions(community: Community) -> dict:
    return {
        "database": "PostgreSQL" if community.database_url.startswith("postgres") else "SQLite, synchronous=FULL",
        "batch": BATCH,
        "connections": CONCURRENCY,
        "persons": PERSONS,
        "names": NAMES,
        "processes": "1 web, 1 worker, and the sender on the same cores",
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
