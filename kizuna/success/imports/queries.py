"""Runs of imports and what they found, for those with the desk."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import Http404

from kizuna.base.tables.headers import folded_header
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.imports.models import ImportedRow, ImportRun, ImportSample, RememberedColumn

PAGE = 50
KEPT_DAYS = 30
LOOKED_BACK = 50  # runs


def runs_visible_to(viewer: Viewer) -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("started_by") if can_use_desk(viewer) else ImportRun.objects.none()


def run_for(viewer: Viewer, run_id: int) -> ImportRun:
    """Return a run, or Http404."""
    run = runs_visible_to(viewer).filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


def samples_of(run: ImportRun, *, phase: str, outcome: str, after: int = 0, limit: int = PAGE) -> list[ImportSample]:
    """Return a page of the kept rows of an outcome, by line."""
    rows = ImportSample.objects.filter(run=run, phase=phase, outcome=outcome, line__gt=after)
    return list(rows.order_by("line", "pk")[:limit])


def unfinished_run(*, kind: str, digest: str) -> ImportRun | None:
    """Return the latest run of the same file that was cut short."""
    cut_short = (ImportRun.State.RUNNING, ImportRun.State.STOPPED)
    return ImportRun.objects.filter(kind=kind, digest=digest, state__in=cut_short).order_by("pk").last()


def remembered(kind: str, headers: list[str]) -> dict[int, str]:
    """Return the field that a person chose the last time for each column; "" for one that was left out."""
    folded = {folded_header(header)[:200]: place for place, header in reversed(list(enumerate(headers)))}
    rows = RememberedColumn.objects.filter(kind=kind, header__in=list(folded)).values_list("header", "field")
    return {folded[header]: field for header, field in rows}


def fixed_before(run: ImportRun, headers: list[str]) -> dict[str, str]:
    """Return what was said for every row of the latest table of the kind with the same columns."""
    earlier = ImportRun.objects.filter(kind=run.kind, pk__lt=run.pk).exclude(mapping={}).order_by("-pk")
    for columns, fixed in earlier.values_list("columns", "fixed")[:LOOKED_BACK]:
        if [column["header"] for column in columns] == headers:
            return dict(fixed)
    return {}


def ledger_part(run: ImportRun, *, limit: int) -> list[ImportedRow]:
    """Return the last rows of a run's ledger that are not taken back yet."""
    return list(ImportedRow.objects.filter(run=run).order_by("-line")[:limit])


def old_runs(*, now: datetime) -> list[ImportRun]:
    """Return the runs that nobody can undo any more and whose ledger is still there."""
    before = now - timedelta(days=KEPT_DAYS)
    return list(ImportRun.objects.filter(updated_at__lt=before, is_undoable=True).order_by("pk"))
