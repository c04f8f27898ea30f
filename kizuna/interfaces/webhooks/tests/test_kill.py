"""Messages arrive at least once although workers are killed around them, with the same id; none waits for a slow receiver."""

import time
from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import declared
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.tests.killing import Workers, stop, wait_until
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint
from kizuna.interfaces.webhooks.tests.faulty import POINTS
from kizuna.interfaces.webhooks.tests.receiver import receiving

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

MESSAGES = 5


@pytest.fixture
def workers(lent_communities, sakura, settings, monkeypatch):
    monkeypatch.setenv("KIZUNA_SECRET_KEY", settings.SECRET_KEY)  # secrets of endpoints are sealed under it
    made = Workers("kizuna.interfaces.webhooks.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


@pytest.fixture
def listening(settings, monkeypatch):
    """Return a function that starts a receiver which workers may reach."""
    stack, ports = [], []

    def start():
        context = receiving()
        made = context.__enter__()
        stack.append(context)
        ports.append(f"127.0.0.1:{made.port}")
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset(ports)
        monkeypatch.setenv("KIZUNA_OUTBOUND_ALLOWED", " ".join(ports))
        return made

    yield start
    for context in stack:
        context.__exit__(None, None, None)


def endpoint_of(viewer, receiver) -> Endpoint:
    return actions.make_endpoint(viewer=viewer, url=receiver.url, now=timezone.now())[0]


def lease_runs_out() -> None:
    """Do what the minutes after a worker's death do: the lease ends, and the schedule looks again."""
    with transaction.atomic():
        Endpoint.objects.update(held_until=timezone.now())
        enqueue("webhooks.deliver", key="now")


@pytest.mark.parametrize("point", POINTS)
def test_killed_around_sending_nothing_is_lost_and_what_comes_twice_has_the_same_id(
    workers, listening, aoi, viewer_of, point
):
    receiver, viewer = listening(), viewer_of(aoi)
    made = endpoint_of(viewer, receiver)
    sent = {actions.send_test(viewer=viewer, endpoint=made, now=timezone.now()).event for _ in range(MESSAGES)}
    workers.start_and_see_killed(point, 2)
    lease_runs_out()
    last = workers.start()
    wait_until(lambda: not Delivery.objects.exclude(state="done").exists())
    stop(last)
    copies = Counter(item.event for item in receiver.received)
    assert set(copies) == sent
    assert sum(copies.values()) - MESSAGES == (1 if point == "after_sending" else 0)
    assert len({item.body for item in receiver.received if copies[item.event] > 1}) <= 1
    assert Attempt.objects.count() == MESSAGES


def test_a_slow_receiver_holds_up_neither_other_jobs_nor_other_receivers(workers, listening, aoi, viewer_of):
    slow, quick, viewer = listening(), listening(), viewer_of(aoi)
    slow.delay = 8
    for receiver in (slow, quick):
        made = endpoint_of(viewer, receiver)
        for _ in range(3):
            actions.send_test(viewer=viewer, endpoint=made, now=timezone.now())
    worker = workers.start()
    wait_until(lambda: len(slow.received) == 1)
    began = time.monotonic()
    with transaction.atomic():
        job_id = enqueue("webhooks.prune")
    wait_until(lambda: Job.objects.get(pk=job_id).state == Job.State.DONE)
    wait_until(lambda: Delivery.objects.filter(endpoint__url=quick.url, state="done").count() == 3)
    assert time.monotonic() - began < 6
    assert len(slow.received) == 1
    wait_until(lambda: Delivery.objects.filter(endpoint__url=slow.url, state="done").count() == 1)
    stop(worker)  # what is under way is finished: an orderly stop repeats nothing
    answered = Delivery.objects.filter(endpoint__url=slow.url, state="done").count()
    assert len(slow.received) == answered
    assert slow.most_at_once == 1
