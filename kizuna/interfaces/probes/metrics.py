"""Numbers for Prometheus: requests and their time per community, jobs of each community."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from functools import cache
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kizuna.base.hosting import Community, directory, entered
from kizuna.base.jobs.models import Job

REGISTRY = CollectorRegistry()
REQUESTS = Counter("kizuna_requests", "Requests answered", ["community", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "kizuna_request_seconds",
    "Time until the answer began",
    ["community"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
NO_COMMUNITY = ""
COUNTED_STATES = (Job.State.WAITING.value, Job.State.RUNNING.value, Job.State.FAILED.value)


class MeasuredApplication:
    """WSGI application around all others that counts and times what they answer."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        status = "5xx"

        def note_status(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = f"{line[0]}xx"
            return start_response(line, headers, *more)

        try:
            return self.application(environ, note_status)
        finally:
            requests, seconds = _of(environ.get("kizuna.community", NO_COMMUNITY), status)
            requests.inc()
            seconds.observe(time.perf_counter() - began)


@cache
def _of(community: str, status: str) -> tuple[Any, Any]:
    return REQUESTS.labels(community, status), SECONDS.labels(community)


class JobsCollector(Collector):
    """Reads each community's ledger at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        states = GaugeMetricFamily("kizuna_jobs", "Jobs in the ledger", labels=["community", "state"])
        oldest = GaugeMetricFamily("kizuna_jobs_oldest_due_seconds", "Age of the oldest due job", labels=["community"])
        reached = GaugeMetricFamily("kizuna_community_up", "Whether the database answers", labels=["community"])
        for community in directory().all():
            found = Context().run(_jobs_of, community)
            reached.add_metric([community.slug], 0 if found is None else 1)
            if found is not None:
                counts, age = found
                for state, number in counts.items():
                    states.add_metric([community.slug, state], number)
                oldest.add_metric([community.slug], age)
        yield from (states, oldest, reached)


def _jobs_of(community: Community) -> tuple[dict[str, int], float] | None:
    now = timezone.now()
    with entered(community):
        try:
            due = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now)
            first = due.order_by("run_at").values_list("run_at", flat=True).first()
            counts = {
                "due": due.count(),
                **{state: Job.objects.filter(state=state).count() for state in COUNTED_STATES},
            }
        except DatabaseError:
            return None
        finally:
            connection.close()
    return counts, (now - first).total_seconds() if first else 0.0


def page() -> bytes:
    """Return the metrics in Prometheus' text format; of all web processes when they share a folder."""
    requests = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    jobs = CollectorRegistry()
    jobs.register(JobsCollector())
    return generate_latest(requests) + generate_latest(jobs)
