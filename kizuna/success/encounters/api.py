"""Calls, meetings and mails written down by hand in the REST API, for those with the desk."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers.api.asking import account_of
from kizuna.success.encounters import actions, queries, wording
from kizuna.success.encounters.models import Encounter
from kizuna.success.encounters.policies import require_reader

router = Router(tags=["encounters"])
SHOWN = (
    "id",
    "account_id",
    "kind",
    "direction",
    "at",
    "minutes",
    "title",
    "body",
    "is_internal",
    "created_at",
    "edited_at",
)


class EncounterIn(Input):
    account_id: int
    kind: str = Field("call", description="`call`, `meeting` or `mail`.")
    direction: str = Field("none", description="`in` when the customer began, `out` when we did, else `none`.")
    at: datetime = Field(description="When it was, with its time zone.")
    minutes: int | None = None
    title: str
    body: str = ""
    is_internal: bool = Field(True, description="False: what is written may be shown to the customer.")
    contact_ids: list[int] = Field([], max_length=50, description="Their people who took part.")
    members: list[str] = Field([], max_length=50, description="Handles of our people who took part.")


class EncounterOut(Schema):
    id: int
    account_id: int
    kind: str
    direction: str
    at: datetime
    minutes: int | None
    title: str
    body: str
    is_internal: bool
    contact_ids: list[int]
    members: list[str]
    author: str
    created_at: datetime
    edited_at: datetime | None
    url: str


class EncounterPage(PageOut):
    items: list[EncounterOut]


class EncounterQuery(PageQuery):
    account: int | None = Field(None, description="Only those with this account.")


@router.get("/encounters", response=EncounterPage, exclude_unset=True, summary="List encounters")
def list_encounters(request: Request, page: Query[EncounterQuery]) -> dict[str, Any]:
    """List calls, meetings and mails that were written down by hand."""
    require_reader(request.viewer)
    rows = queries.encounters_visible_to(request.viewer).select_related("author")
    rows = rows.prefetch_related("people__contact", "people__member")
    if page.account is not None:
        rows = rows.filter(account_id=page.account if 0 < page.account < 2**63 else 0)
    return page_of(rows, query=page, order=["id"], shown=lambda row: _encounter(request, row))


@router.post("/encounters", response={201: EncounterOut}, summary="Log an encounter")
def log_encounter(request: Request, sent: EncounterIn) -> Status:
    """Write a call, a meeting or a mail down as the token's member."""
    require_reader(request.viewer)
    fields = sent.model_dump()
    number, handles = fields.pop("account_id"), set(fields.pop("members"))
    account = account_of(request, number)
    members = dict(Member.objects.filter(handle__in=handles).values_list("handle", "pk"))
    if handles - set(members):
        raise Refused(_("Please choose somebody of the team."), field="members")
    fields["member_ids"] = list(members.values())
    made = actions.log_encounter(viewer=request.viewer, account=account, fields=fields, now=timezone.now())
    return Status(201, _encounter(request, queries.encounter_for(request.viewer, made.pk)))


@router.get("/encounters/{id:encounter_id}", response=EncounterOut, summary="Read an encounter")
def read_encounter(request: Request, encounter_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _encounter(request, queries.encounter_for(request.viewer, encounter_id))


def _encounter(request: Request, row: Encounter) -> dict[str, Any]:
    people = wording.people_of(row)
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "contact_ids": [person.pk for person in people["contacts"]],
        "members": [member.handle for member in people["members"]],
        "author": row.author.handle if row.author else "",
        "url": whole(request, f"/desk/encounters/{row.pk}/"),
    }
