"""Consumers see each activity once although workers are killed inside and between them."""

import random

import pytest
from django.db import transaction

from kizuna.base.jobs import declared
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.tests.killing import Workers, effects, make_effects_table, stop, wait_until
from kizuna.core.activity import actions
from kizuna.core.activity.models import FailedDelivery
from kizuna.core.activity.tests.faulty import HAPPENED, POINTS

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

ACTIVITIES = 4


@pytest.fixture
def workers(lent_communities, sakura, settings):
    settings.KIZUNA_JOBS = ["kizuna.core.activity.delivery", "kizuna.core.activity.rollups"]
    declared._by_name.cache_clear()
    make_effects_table()
    made = Workers("kizuna.core.activity.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


def assert_each_consumer_saw_each_activity_once(workers, points) -> None:
    draw = random.Random("".join(points))
    with transaction.atomic():
        ids = [actions.record(HAPPENED, actor_id=None).pk for _ in range(ACTIVITIES)]
    for point in points:
        workers.start_and_see_killed(point, draw.randint(1, 2))
    last = workers.start()
    wait_until(lambda: not Job.objects.filter(name=actions.DELIVER).exclude(state=Job.State.DONE).exists())
    stop(last)
    expected = {f"{name} {pk}" for pk in ids for name in ("second", "last")}
    expected |= {f"first {pk} {part}" for pk in ids for part in "ab"}
    assert effects() == dict.fromkeys(expected, 1)
    assert set(FailedDelivery.objects.values_list("consumer", "activity_id")) == {("broken", pk) for pk in ids}


def test_each_consumer_sees_each_activity_once_when_workers_are_killed(workers):
    assert_each_consumer_saw_each_activity_once(workers, ("inside_first", "inside_second"))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_each_consumer_sees_each_activity_once_at_every_point(workers, point):
    assert_each_consumer_saw_each_activity_once(workers, (point, point))
