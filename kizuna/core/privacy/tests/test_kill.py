"""An erasure is finished although workers are killed in the middle of it."""

import pytest
from django.utils import timezone

from kizuna.base.jobs import declared
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.tests.killing import Workers, stop, wait_until
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonErasure
from kizuna.core.privacy.tests.conftest import MARK, dumped
from kizuna.core.privacy.tests.faulty import POINTS
from kizuna.success.usage.models import UsageDayTotal

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def workers(lent_communities, sakura):
    made = Workers("kizuna.core.privacy.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


def assert_it_is_finished(workers, traces, lake, viewer, point, nth) -> None:
    Job.objects.all().delete()  # what the traces left waiting is not of interest
    totals = list(UsageDayTotal.objects.order_by("pk").values_list("name__name", "count"))
    actions.erase_person(viewer=viewer, contact_id=traces.contact.pk, now=timezone.now())
    workers.start_and_see_killed(point, nth)
    assert PersonErasure.objects.get().finished_at is None
    last = workers.start()
    wait_until(lambda: PersonErasure.objects.get().finished_at is not None)
    stop(last)
    assert MARK not in dumped(lake)
    assert list(UsageDayTotal.objects.order_by("pk").values_list("name__name", "count")) == totals


def test_an_erasure_goes_on_after_a_kill_between_the_files_of_the_lake(workers, traces, lake, aoi, viewer_of):
    assert_it_is_finished(workers, traces, lake, viewer_of(aoi), "after_a_file", 1)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_an_erasure_goes_on_wherever_a_worker_is_killed(workers, traces, lake, aoi, viewer_of, point):
    assert_it_is_finished(workers, traces, lake, viewer_of(aoi), point, 1)
