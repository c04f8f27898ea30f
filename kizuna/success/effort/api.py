"""Hours in the REST API: one's own, for owners and admins everybody's."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Work
from kizuna.success.effort.models import Effort, EffortFunction
from kizuna.success.effort.policies import require_staff
from kizuna.success.effort.queries import rows

router = Router(tags=["effort"])
GREATEST = 2**63


class EffortFields(Schema):
    day: date = Field(description="A day of the community's time zone.")
    minutes: int = Field(description="1 to 1,440.")
    function: str = Field("success", description="`success`, `support`, `community`, `research`, or one of your own.")
    touch: str = Field("", description="`high`, `low`, `tech`, `community`, or empty: not stated.")
    account_id: int | None = None
    contact_id: int | None = Field(None, description="A person at this account.")
    note: str = ""


class EffortPatch(Input):
    day: date | None = None
    minutes: int | None = None
    function: str = ""
    touch: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    note: str = ""


class EffortIn(EffortFields, Input):
    pass


class EffortOut(EffortFields):
    id: int
    member: str = Field(description="The handle of whose hours these are, or empty.")
    how: str = Field(description="`manual`, `timer` or `derived`.")
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    url: str


class EffortPage(PageOut):
    items: list[EffortOut]


class EffortQuery(PageQuery):
    since: date | None = Field(None, alias="from", description="First day, inclusive.")
    until: date | None = Field(None, alias="to", description="Last day, **exclusive**.")
    member: str = Field("", description="Only those of this handle.")
    account: int | None = Field(None, description="Only those of this account, merged ones included.")
    function: str = ""
    how: str = ""


@router.get("/effort", response=EffortPage, exclude_unset=True, summary="List working time")
def list_effort(request: Request, page: Query[EffortQuery]) -> dict[str, Any]:
    """List rows of hours, those noted first at the top: one's own and those of customers; for owners and admins all."""
    require_staff(request.viewer)
    found = rows.efforts_visible_to(request.viewer).select_related("function", "member")
    if page.since is not None:
        found = found.filter(day__gte=page.since)
    if page.until is not None:
        found = found.filter(day__lt=page.until)
    if page.account is not None:
        number = page.account if 0 < page.account < GREATEST else 0
        found = found.filter(account_id__in=list(rows.accounts_behind([number])))
    for field, value in (("member__handle", page.member), ("function__slug", page.function), ("how", page.how)):
        if value:
            found = found.filter(**{field: value})
    return page_of(found, query=page, order=["id"], shown=lambda row: _shown(request, row))


@router.post("/effort", response={201: EffortOut}, summary="Note working time")
def note_effort(request: Request, sent: EffortIn) -> Status:
    """Note hours of the token's member."""
    require_staff(request.viewer)
    made = actions.note_effort(viewer=request.viewer, work=_work(sent.model_dump()), now=timezone.now())
    return Status(201, _shown(request, rows.effort_for(request.viewer, made.pk)))


@router.get("/effort/{id:effort_id}", response=EffortOut, summary="Read a row of working time")
def read_effort(request: Request, effort_id: int) -> dict[str, Any]:
    require_staff(request.viewer)
    return _shown(request, rows.effort_for(request.viewer, effort_id))


@router.patch("/effort/{id:effort_id}", response=EffortOut, summary="Change a row of working time")
def change_effort(request: Request, effort_id: int, sent: EffortPatch) -> dict[str, Any]:
    """Change the fields that are sent; the others stay. Corrected minutes count as by hand."""
    require_staff(request.viewer)
    effort = rows.effort_for(request.viewer, effort_id)
    names = ("day", "minutes", "touch", "account_id", "contact_id", "note")
    known = {**{name: getattr(effort, name) for name in names}, "function": effort.function.slug}
    work = _work({**known, **sent.model_dump(exclude_unset=True)})
    actions.change_effort(viewer=request.viewer, effort=effort, work=work, now=timezone.now())
    return _shown(request, rows.effort_for(request.viewer, effort_id))


@router.delete("/effort/{id:effort_id}", response={204: None}, summary="Remove a row of working time")
def remove_effort(request: Request, effort_id: int) -> Status:
    """Remove a row."""
    require_staff(request.viewer)
    effort = rows.effort_for(request.viewer, effort_id)
    actions.remove_effort(viewer=request.viewer, effort=effort, now=timezone.now())
    return Status(204, None)


def _work(fields: dict[str, Any]) -> Work:
    """Put the function in the place of its name; numbers beyond a row's are a mistake in the input."""
    function = EffortFunction.objects.filter(slug=fields.pop("function")).first()
    if function is None:
        raise Refused(_("Please choose from the list."), field="function")
    for name in ("account_id", "contact_id"):
        if fields[name] is not None and not 0 < fields[name] < GREATEST:
            raise Refused(_("There is no customer with this number."), field=name)
    return Work(**fields, function_id=function.pk)


def _shown(request: Request, row: Effort) -> dict[str, Any]:
    names = (
        "id", "day", "minutes", "touch", "account_id", "contact_id", "note", "how", "started_at", "ended_at", "created_at",
        "updated_at",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "function": row.function.slug,
        "member": row.member.handle if row.member else "",
        "url": whole(request, f"/desk/effort/{row.pk}/"),
    }
