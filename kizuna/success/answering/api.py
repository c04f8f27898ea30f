"""Similar inquiries, clues, templates that act, and answers to many in the REST API, for those with the desk."""

from datetime import date, datetime
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
from kizuna.success.answering import actions, queries
from kizuna.success.answering.actions import Chosen
from kizuna.success.answering.actions.batching import LONGEST_KEY
from kizuna.success.answering.models import AnswerBatch, Macro
from kizuna.success.answering.policies import require_reader, require_worker
from kizuna.success.answering.queries.batches import state_of
from kizuna.success.inbox import queries as inbox
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox.models import ReplyTemplate
from kizuna.success.mailbox.queries import template_for

router = Router(tags=["inquiries"])
ONE = "/inquiries/{id:inquiry_id}"


class SimilarOut(Schema):
    id: int
    title: str
    channel: str
    state: str
    account_id: int | None
    received_at: datetime
    is_waiting: bool = Field(description="Nobody has answered it.")
    minutes: int = Field(description="Working time noted on it.")
    url: str


class SimilarPage(Schema):
    count: int = Field(description="How many ask the same, the inquiry itself counted.")
    accounts: int
    unknown: int = Field(description="How many of them belong to no known customer.")
    minutes: int = Field(description="Working time noted on exactly these.")
    waiting: int
    waiting_accounts: int
    is_cut: bool = Field(description="There are more; only the newest 200 are listed.")
    items: list[SimilarOut]


class SimilarQuery(Schema):
    days: int = Field(14, description="7, 14, 30 or 90.")


class ClueOut(Schema):
    kind: str = Field(description="`article`, `topic` (a solved question) or `reply` (an answer given before).")
    id: int
    title: str
    text: str = Field(description="What may be put into an answer to this customer; empty when nothing of it may.")
    link: str = Field(description="Empty when the customer could not open it.")
    is_internal: bool
    words: list[str] = Field(description="Words in common.")
    on: datetime | date
    url: str


class CluesOut(Schema):
    items: list[ClueOut]


class TemplateOut(Schema):
    id: int
    name: str
    body: str
    is_own: bool
    used_count: int
    next_state: str
    snooze_days: int | None
    priority: str
    category: str
    owner: str = Field(description="The handle of whom it goes to; empty: it stays.")
    changed_at: datetime


class TemplatePage(PageOut):
    items: list[TemplateOut]


class TemplateIn(Input):
    name: str
    body: str = Field(description="Facts stand as `{{name}}`.")
    is_own: bool = False
    next_state: str = Field("", description="After sending: `waiting`, `open`, `snoozed`, `closed`; empty: as it is.")
    snooze_days: int | None = None
    priority: str = ""
    category: str = ""
    owner: str = Field("", description="A handle; empty: as it is.")


class TemplatePatch(Input):
    name: str | None = None
    body: str | None = None
    is_own: bool | None = None
    next_state: str | None = None
    snooze_days: int | None = None
    priority: str | None = None
    category: str | None = None
    owner: str | None = None


SENT = tuple(TemplatePatch.model_fields)


class ItemIn(Input):
    inquiry_id: int
    line: str = Field("", description="A line for this one, below the common answer.")
    seen: int | None = Field(
        None, description="The last message you saw; when the customer wrote since, it is left out."
    )


class BatchIn(Input):
    common: str = Field(description="The common answer. Facts stand as `{{name}}`.")
    items: list[ItemIn]
    key: str = Field(description="Your own name of it, up to 64 letters: sent twice it is one batch.")


class ItemOut(Schema):
    inquiry_id: int
    state: str = Field(description="`held`, `sending`, `sent`, `failed`, `call`, `skipped` or `taken_back`.")
    why: str = Field(description="Why it was skipped: `answered`, `closed`, `wrote`, `call`, `no_door` or `refused`.")
    text: str
    task_id: int | None


class BatchOut(Schema):
    id: int
    common: str
    created_at: datetime
    send_at: datetime = Field(description="Until then it can be taken back.")
    items: list[ItemOut]
    url: str


@router.get(f"{ONE}/similar", response=SimilarPage, summary="List similar inquiries")
def list_similar(request: Request, inquiry_id: int, sent: Query[SimilarQuery]) -> dict[str, Any]:
    """List what asks the same as an inquiry, it itself first."""
    require_reader(request.viewer)
    inquiry = inbox.inquiry_for(request.viewer, inquiry_id)
    if sent.days not in queries.DAYS:
        raise Refused(_("Please choose from the list."), field="days")
    found = queries.similar_to(request.viewer, inquiry, days=sent.days, now=timezone.now())
    waiting = {row.pk for row in found.waiting}
    names = ("title", "channel", "state", "account_id", "received_at")
    return {
        "count": len(found.rows),
        "accounts": found.accounts,
        "unknown": found.unknown,
        "minutes": found.minutes_all,
        "waiting": len(waiting),
        "waiting_accounts": found.waiting_accounts,
        "is_cut": found.is_cut,
        "items": [
            {
                "id": row.pk,
                **{name: getattr(row, name) for name in names},
                "is_waiting": row.pk in waiting,
                "minutes": found.minutes.get(row.pk, 0),
                "url": whole(request, f"/desk/inquiries/{row.pk}/"),
            }
            for row in found.rows
        ],
    }


@router.delete(f"{ONE}/similar/{{id:other_id}}", response={204: None}, summary="Take a similar inquiry out")
def take_out(request: Request, inquiry_id: int, other_id: int) -> Status:
    """Say that another inquiry asks something else, for good."""
    require_reader(request.viewer)
    inquiry = inbox.inquiry_for(request.viewer, inquiry_id)
    other = inbox.inquiry_for(request.viewer, other_id)
    actions.remove_similar(viewer=request.viewer, inquiry=inquiry, ids=[other.pk], now=timezone.now())
    return Status(204, None)


@router.get(f"{ONE}/clues", response=CluesOut, summary="List what may help to answer")
def list_clues(request: Request, inquiry_id: int) -> dict[str, Any]:
    """List articles, solved questions and earlier answers that fit. Nothing is sent by itself."""
    require_reader(request.viewer)
    inquiry = inbox.inquiry_for(request.viewer, inquiry_id)
    require_worker(request.viewer)
    names = ("kind", "id", "title", "text", "link", "is_internal", "on")
    clues = queries.clues_for(request.viewer, inquiry, now=timezone.now())
    return {
        "items": [
            {
                **{name: getattr(clue, name) for name in names},
                "words": list(clue.words),
                "url": whole(request, clue.url),
            }
            for clue in clues
        ]
    }


@router.get("/reply-templates", response=TemplatePage, exclude_unset=True, summary="List reply templates")
def list_templates(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    """List the words that answers begin with, everybody's and your own, with what follows the answer."""
    require_reader(request.viewer)
    rows = queries.templates_for(request.viewer)
    answer = page_of(rows, query=page, order=["id"], shown=lambda row: {"row": row})
    found = [item["row"] for item in answer["items"]]
    macros = queries.macros_for(found)
    return {**answer, "items": [_template(row, macros.get(row.pk)) for row in found]}


@router.post("/reply-templates", response={201: TemplateOut}, summary="Add a reply template")
def add_template(request: Request, sent: TemplateIn) -> Status:
    """Add a template, with what follows its answer. Places that name no fact are refused."""
    require_reader(request.viewer)
    fields = _fields(sent.model_dump())
    row = actions.save_macro(viewer=request.viewer, template=None, fields=fields, now=timezone.now())
    return Status(201, _template(row, queries.macro_of(row)))


@router.get("/reply-templates/{id:template_id}", response=TemplateOut, summary="Read a reply template")
def read_template(request: Request, template_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    row = template_for(request.viewer, template_id)
    return _template(row, queries.macro_of(row))


@router.patch("/reply-templates/{id:template_id}", response=TemplateOut, summary="Change a reply template")
def change_template(request: Request, template_id: int, sent: TemplatePatch) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    require_reader(request.viewer)
    found = template_for(request.viewer, template_id)
    before = {name: value for name, value in _template(found, queries.macro_of(found)).items() if name in SENT}
    given = {name: value for name, value in sent.model_dump(exclude_unset=True).items() if value is not None}
    fields = _fields({**before, **given})
    row = actions.save_macro(viewer=request.viewer, template=found, fields=fields, now=timezone.now())
    return _template(row, queries.macro_of(row))


@router.delete("/reply-templates/{id:template_id}", response={204: None}, summary="Put a reply template away")
def archive_template(request: Request, template_id: int) -> Status:
    """Put a template away; answers that were written with it stay."""
    require_reader(request.viewer)
    found = template_for(request.viewer, template_id)
    mailbox.archive_template(viewer=request.viewer, template=found, now=timezone.now())
    return Status(204, None)


@router.post(f"{ONE}/answer-batches", response={201: BatchOut}, summary="Answer several at once")
def answer_many(request: Request, inquiry_id: int, sent: BatchIn) -> Status:
    """Hold one answer for several inquiries; half a minute later each goes out on its own channel."""
    require_reader(request.viewer)
    about = inbox.inquiry_for(request.viewer, inquiry_id)
    require_worker(request.viewer)
    if not 0 < len(sent.key) <= LONGEST_KEY:
        raise Refused(_("Please choose a key of up to 64 letters."), field="key")
    batch = actions.answer_many(
        viewer=request.viewer,
        about=about,
        common=sent.common,
        chosen=[Chosen(item.inquiry_id, item.line, item.seen) for item in sent.items],
        key=f"api:{request.viewer.member_id}:{sent.key}"[:LONGEST_KEY],
        now=timezone.now(),
    )
    return Status(201, _batch(request, batch))


@router.get("/answer-batches/{id:batch_id}", response=BatchOut, summary="Read how answers to several stand")
def read_batch(request: Request, batch_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    return _batch(request, queries.batch_for(request.viewer, batch_id))


@router.delete("/answer-batches/{id:batch_id}", response=BatchOut, summary="Take answers to several back")
def take_back(request: Request, batch_id: int) -> dict[str, Any]:
    """Take back what is still held."""
    require_reader(request.viewer)
    batch = queries.batch_for(request.viewer, batch_id)
    actions.take_back_batch(viewer=request.viewer, batch=batch, now=timezone.now())
    return _batch(request, batch)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    fields = dict(given)
    handle = fields.pop("owner")
    owner = Member.objects.filter(handle=handle).first() if handle else None
    if handle and owner is None:
        raise Refused(_("Please choose somebody of the team."), field="owner")
    return {**fields, "owner_id": owner.pk if owner else None}


def _template(row: ReplyTemplate, macro: Macro | None) -> dict[str, Any]:
    said = macro or Macro()
    return {
        **{name: getattr(row, name) for name in ("id", "name", "body", "used_count", "changed_at")},
        **{name: getattr(said, name) for name in ("next_state", "snooze_days", "priority", "category")},
        "is_own": said.member_id is not None,
        "owner": said.owner.handle if said.owner else "",
    }


def _batch(request: Request, batch: AnswerBatch) -> dict[str, Any]:
    return {
        **{name: getattr(batch, name) for name in ("id", "common", "created_at", "send_at")},
        "items": [
            {
                "inquiry_id": item.inquiry_id,
                "state": state_of(item),
                "why": item.why,
                "text": item.text,
                "task_id": item.task_id,
            }
            for item in queries.items_of(batch)
        ],
        "url": whole(request, f"/desk/inquiries/answers/{batch.pk}/"),
    }
