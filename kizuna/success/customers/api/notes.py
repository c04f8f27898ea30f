"""Notes on accounts in the REST API."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, page_of
from kizuna.core.members.requests import Request
from kizuna.success.customers import actions
from kizuna.success.customers.api.asking import OfAccount, account_of, note_reading
from kizuna.success.customers.models import Note
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])


class NoteIn(Input):
    account_id: int
    body: str = Field(description="Markdown; `@handle` names a colleague.")
    is_internal: bool = Field(True, description="False: may be shown to the customer.")


class NotePatch(Input):
    body: str
    is_internal: bool | None = None


class NoteOut(Schema):
    id: int
    account_id: int
    author: str
    body: str
    html: str
    is_internal: bool
    created_at: datetime
    edited_at: datetime | None
    url: str


class NotePage(PageOut):
    items: list[NoteOut]


@router.get("/notes", response=NotePage, exclude_unset=True, summary="List notes")
def list_notes(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the notes on customers."""
    require_reader(request.viewer)
    note_reading(request, "note", None)
    notes = visible.notes_visible_to(request.viewer).select_related("author")
    if page.account is not None:
        notes = notes.filter(account=account_of(request, page.account))
    return page_of(notes, query=page, order=["id"], shown=lambda row: _note(request, row))


@router.post("/notes", response={201: NoteOut}, summary="Write a note")
def write_note(request: Request, sent: NoteIn) -> Status:
    """Write a note on a customer as the token's member."""
    require_reader(request.viewer)
    account = account_of(request, sent.account_id)
    note = actions.write_note(
        viewer=request.viewer, account=account, body=sent.body, is_internal=sent.is_internal, now=timezone.now()
    )
    return Status(201, _note(request, visible.note_for(request.viewer, note.pk)))


@router.get("/notes/{id:note_id}", response=NoteOut, summary="Read a note")
def read_note(request: Request, note_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _note(request, visible.note_for(request.viewer, note_id))


@router.patch("/notes/{id:note_id}", response=NoteOut, summary="Change a note")
def change_note(request: Request, note_id: int, sent: NotePatch) -> dict[str, Any]:
    """Change one's own note; what it was is kept."""
    require_reader(request.viewer)
    note = visible.note_for(request.viewer, note_id)
    is_internal = note.is_internal if sent.is_internal is None else sent.is_internal
    actions.edit_note(viewer=request.viewer, note=note, body=sent.body, is_internal=is_internal, now=timezone.now())
    return _note(request, visible.note_for(request.viewer, note_id))


def _note(request: Request, note: Note) -> dict[str, Any]:
    names = ("id", "account_id", "body", "html", "is_internal", "created_at", "edited_at")
    return {
        **{name: getattr(note, name) for name in names},
        "author": note.author.handle if note.author else "",
        "url": whole(request, f"/desk/customers/{note.account_id}/timeline/?channel=note#note-{note.pk}"),
    }
