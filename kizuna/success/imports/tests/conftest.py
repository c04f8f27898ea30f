"""A run from text to its end, as the worker would take it."""

import io

import pytest
from django.utils import timezone

from kizuna.core.members.queries import viewer_of
from kizuna.success.imports import actions, running, storing
from kizuna.success.imports.models import ImportRun

State = ImportRun.State


@pytest.fixture
def chosen(emi):
    """Return a function from a kind and a table (text or bytes) to its run, examined."""

    def make(kind: str, table: str | bytes, *, member=emi, **mapping: str) -> ImportRun:
        content = table.encode() if isinstance(table, str) else table
        arriving = storing.Arriving(storing.pieces_of(io.BytesIO(content)))
        run = actions.begin_run(
            viewer=viewer_of(member),
            kind=kind,
            file_name="table.csv",
            digest=arriving.digest,
            byte_count=arriving.size,
            now=timezone.now(),
        )
        arriving.settle(run.pk)
        running.examine(run)
        run.refresh_from_db()
        if mapping:
            places = {column["header"]: place for place, column in enumerate(run.columns)}
            run = actions.choose_columns(
                viewer=viewer_of(member),
                run=run,
                mapping={**run.mapping, **{name: places[header] for name, header in mapping.items()}},
                orders={},
                clears_empty=False,
                now=timezone.now(),
            )
        return run

    return make


@pytest.fixture
def rehearsed(chosen):
    """Return a function that rehearses a table."""

    def go(kind: str, table: str | bytes, **options) -> ImportRun:
        run = chosen(kind, table, **options)
        _phase(run, State.REHEARSING)
        running.rehearse(run)
        return ImportRun.objects.get(pk=run.pk)

    return go


@pytest.fixture
def imported(chosen):
    """Return a function that imports a table."""

    def go(kind: str, table: str | bytes, **options) -> ImportRun:
        run = chosen(kind, table, **options)
        _phase(run, State.RUNNING)
        running.carry_out(run)
        return ImportRun.objects.get(pk=run.pk)

    return go


@pytest.fixture
def undone():
    """Return a function that undoes a run."""

    def go(run: ImportRun) -> ImportRun:
        _phase(run, State.UNDOING)
        running.undo(run)
        return ImportRun.objects.get(pk=run.pk)

    return go


def _phase(run: ImportRun, state: str) -> None:
    begun = actions.begin_phase(
        viewer=running.viewer_of(run), run=run, state=state, now=timezone.now(), in_worker=False
    )
    for name in ("state", "position", "bad_bytes", "counts", "rehearsal", "undo_counts"):
        setattr(run, name, getattr(begun, name))
