"""Imports in the REST API: what was brought, and how it went. Reading only."""

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from kizuna.base.api.addresses import whole
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.success.imports import queries
from kizuna.success.imports.models import ImportRun
from kizuna.success.imports.policies import require_reader

router = Router(tags=["imports"])
PLAIN = (
    "id", "kind", "file_name", "state", "row_count", "position", "counts", "undo_counts", "created_at", "finished_at", "undone_at",
)  # fmt: skip


class ImportOut(Schema):
    id: int
    kind: str = Field(description="`customers`, `contracts`, `purchases`, `tickets`, `nps`, `usage`, …")
    file_name: str
    state: str
    row_count: int
    position: int = Field(description="Rows that are dealt with in the present state.")
    counts: dict[str, int] = Field(description="Rows by outcome: `new`, `changed`, `unchanged`, `bad`.")
    undo_counts: dict[str, int] = Field(description="After an undo: what went back, and what was kept.")
    started_by: str = Field(description="The handle of whoever began it, or empty.")
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    url: str


class ImportPage(PageOut):
    items: list[ImportOut]


class ImportQuery(PageQuery):
    kind: str = Field("", description="Only imports of this kind of table.")


@router.get("/imports", response=ImportPage, exclude_unset=True, summary="List imports")
def list_imports(request: Request, page: Query[ImportQuery]) -> dict[str, Any]:
    """List the imports, the latest first."""
    require_reader(request.viewer)
    runs = queries.runs_visible_to(request.viewer)
    if page.kind:
        runs = runs.filter(kind=page.kind)
    return page_of(runs, query=page, order=["-id"], shown=lambda row: _shown(request, row))


@router.get("/imports/{id:import_id}", response=ImportOut, summary="Read an import")
def read_import(request: Request, import_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _shown(request, queries.run_for(request.viewer, import_id))


def _shown(request: Request, run: ImportRun) -> dict[str, Any]:
    starter = run.started_by.handle if run.started_by else ""
    url = whole(request, f"/desk/imports/{run.pk}/")
    return {**{name: getattr(run, name) for name in PLAIN}, "started_by": starter, "url": url}
