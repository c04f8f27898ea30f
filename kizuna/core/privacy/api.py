"""The audit log in the REST API, for owners and admins."""

from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema

from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.members.requests import Request
from kizuna.core.privacy.queries.audit import AuditFilter, entries_visible_to

router = Router(tags=["audit"])
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]


class AuditOut(Schema):
    number: int
    at: datetime
    actor_id: int | None = Field(description="The member who did it; null for Kizuna itself.")
    action: str
    subject_type: str
    subject_id: int | None
    detail: dict[str, Any]
    digest: str = Field(description="SHA-256 over this entry and `previous`.")
    previous: str


class AuditPage(PageOut):
    items: list[AuditOut]


class AuditQuery(PageQuery):
    action: str = Field("", max_length=60)
    page: str = Field("", max_length=60, description="Only openings of this page.")
    kind: str = Field("", pattern="^[a-z_]{0,40}$", description="The kind of what it is about, such as `contact`.")
    who: str = Field("", max_length=80, description="The handle of whoever did it, or a part of their name.")
    about: str = Field("", pattern="^([a-z_]{1,30}:[0-9]{1,18})?$", description="Such as `contact:12`.")
    since: Day | None = Field(None, description="The first day, in the time zone of the community.")
    until: Day | None = Field(None, description="The last day.")


@router.get("/audit", response=AuditPage, exclude_unset=True, summary="Read the audit log")
def list_entries(request: Request, asked: Query[AuditQuery]) -> dict[str, Any]:
    """List who did, saw and took out what, the latest first."""
    audit.seal()
    said = {field.name: getattr(asked, field.name) for field in fields(AuditFilter)}
    entries = entries_visible_to(request.viewer, AuditFilter(**said))
    return page_of(entries.order_by(), query=asked, order=["-number"], shown=_shown)


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AuditOut.model_fields}
