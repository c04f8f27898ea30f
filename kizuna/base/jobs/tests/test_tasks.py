"""Django's Tasks interface writes to and reads from the ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import TaskResultDoesNotExist

from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting

pytestmark = pytest.mark.django_db


@task()
def add(first: int, second: int) -> int:
    return first + second


@task(queue_name="outside", priority=7)
def add_outside(first: int, second: int) -> int:
    return first + second


@task(takes_context=True)
def attempt_of(context) -> int:
    return context.attempt


@task()
def divide(first: int, second: int) -> float:
    return first / second


def test_a_task_waits_in_the_ledger_until_the_worker_runs_it():
    result = add.enqueue(2, second=3)
    assert result.status == TaskResultStatus.READY
    run_waiting()
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == 5


def test_the_queue_and_the_priority_reach_the_ledger():
    add_outside.enqueue(1, 1)
    row = Job.objects.get()
    assert (row.name, row.priority) == ("tasks.run_outside", 7)


def test_a_deferred_task_waits_until_its_time():
    later = timezone.now() + timedelta(hours=1)
    add.using(run_after=later).enqueue(1, 1)
    assert run_waiting() == 0
    assert Job.objects.get().run_at == later


def test_a_task_may_ask_for_its_context():
    result = attempt_of.enqueue()
    run_waiting()
    result.refresh()
    assert result.return_value == 1


def test_a_task_that_fails_for_good_keeps_its_error():
    result = divide.enqueue(1, 0)
    for _ in range(8):
        run_waiting(ahead=timedelta(days=1))
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert "ZeroDivisionError" in result.errors[0].traceback


@pytest.mark.parametrize("result_id", ["4711", "abc"])
def test_an_unknown_result_is_said_so(result_id):
    with pytest.raises(TaskResultDoesNotExist):
        add.get_result(result_id)
