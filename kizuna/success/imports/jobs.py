"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.success.imports import actions, queries, running, storing
from kizuna.success.imports.models import ImportRun

State = ImportRun.State


@job("imports.examining", effects="outside")
def examine(*, run_id: int) -> None:
    """Read a chosen file once."""
    if run := _in_state(run_id, State.EXAMINING):
        running.examine(run, encoding=run.encoding)


@job("imports.rehearsing", effects="outside")
def rehearse(*, run_id: int) -> None:
    """Plan every row, from the beginning also after a crash."""
    if run := _in_state(run_id, State.REHEARSING):
        running.rehearse(actions.begin_phase(
            viewer=running.viewer_of(run), run=run, state=State.REHEARSING, now=timezone.now(), in_worker=False
        ))  # fmt: skip


@job("imports.running", effects="outside")
def carry_out(*, run_id: int) -> None:
    """Import, from where it stands."""
    if run := _in_state(run_id, State.RUNNING):
        running.carry_out(run)


@job("imports.undoing", effects="outside")
def undo(*, run_id: int) -> None:
    """Take back what is left to take back."""
    if run := _in_state(run_id, State.UNDOING):
        running.undo(run)


@job("imports.tidy", effects="outside")
def tidy() -> None:
    """Forget what is too old to be undone."""
    for run in queries.old_runs(now=timezone.now()):
        while actions.forget_some(run=run):
            pass
        storing.forget(run.pk)


def _in_state(run_id: int, state: str) -> ImportRun | None:
    return ImportRun.objects.select_related("started_by").filter(pk=run_id, state=state).first()
