"""Django's Tasks interface over the ledger: `task.enqueue(...)` writes a ledger row in the caller's transaction.

For third-party code and for who knows Django's interface; our own apps use `@job` and `ledger.enqueue`. A task of the
queue `default` runs inside one transaction with its acknowledgement, one of the queue `outside` without.
"""

from typing import Any

from django.utils.module_loading import import_string
from django_tasks import TaskContext, TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from kizuna.base.jobs import running
from kizuna.base.jobs.declared import job
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.models import Job

JOB_OF_QUEUE = {"default": "tasks.run", "outside": "tasks.run_outside"}
STATUS_OF_STATE = {
    Job.State.WAITING: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
}


class LedgerBackend(BaseTaskBackend):
    """`TASKS = {"default": {"BACKEND": "kizuna.base.jobs.tasks.LedgerBackend", "QUEUES": ["default", "outside"]}}`."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        job_id = enqueue(
            JOB_OF_QUEUE[task.queue_name],
            args={"path": task.module_path, "args": normalize_json(list(args)), "kwargs": normalize_json(kwargs)},
            priority=task.priority,
            run_at=task.run_after,
        )
        return self.get_result(str(job_id))

    def get_result(self, result_id: str) -> TaskResult:
        row = Job.objects.filter(pk=result_id, name__in=JOB_OF_QUEUE.values()).first() if result_id.isdigit() else None
        if row is None:
            raise TaskResultDoesNotExist(result_id)
        return _result(row, backend=self.alias)


@job("tasks.run")
def run_task(*, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Call a task in the transaction that also marks it done."""
    _call(path, args, kwargs)


@job("tasks.run_outside", effects="outside")
def run_task_outside(*, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Call a task without a transaction, at least once."""
    _call(path, args, kwargs)


def _call(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    task = _task_at(path)
    held = running.attempt()
    if task.takes_context and held is not None:
        args = [TaskContext(task_result=task.get_backend().get_result(str(held.job_id))), *args]
    running.checkpoint({"returned": normalize_json(task.call(*args, **kwargs))})


def _task_at(path: str) -> Task:
    task = import_string(path)
    if not isinstance(task, Task):
        raise InvalidTaskError(f"{path} is not a task.")
    return task


def _result(row: Job, *, backend: str) -> TaskResult:
    attempted = bool(row.attempts)
    result: TaskResult = TaskResult(
        task=_task_at(row.args["path"]),
        id=str(row.pk),
        status=STATUS_OF_STATE[Job.State(row.state)],
        enqueued_at=row.created_at,
        started_at=row.created_at if attempted else None,
        last_attempted_at=row.finished_at if attempted else None,
        finished_at=row.finished_at,
        args=row.args["args"],
        kwargs=row.args["kwargs"],
        backend=backend,
        errors=[TaskError(exception_class_path="builtins.Exception", traceback=row.error)] if row.error else [],
        worker_ids=[row.lease_by] * row.attempts,
    )
    object.__setattr__(result, "_return_value", row.progress.get("returned"))
    return result
