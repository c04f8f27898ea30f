"""Mail that came in, in the REST API, for managers: what it became, what was set aside and why."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.inbound import actions, queries, wording
from kizuna.core.inbound.models import InboundMail
from kizuna.core.members.policies import Refused, require_manager
from kizuna.core.members.requests import Request

router = Router(tags=["mail that came in"])
PLAIN = (
    "id", "state", "door", "route", "recipient", "envelope_from", "from_address", "subject", "message_id", "size_bytes", "dkim", "spf",
    "is_proven", "target_type", "target_id", "received_at", "handled_at",
)  # fmt: skip
STATES = "`waiting`, `taken`, `refused`, `aside`, `report`, `nobody` or `unreadable`."


class MailOut(Schema):
    id: int
    state: str = Field(description=STATES)
    why: str = Field(description="Why it is not what it wanted to be, in words of your language.")
    door: str = Field(description="How it came in: `lmtp`, `smtp` or `imap`.")
    route: str = Field(description="Who takes mail to this address, or empty.")
    recipient: str
    envelope_from: str
    from_address: str
    subject: str = Field(description="Empty where you may not see what the mail became.")
    message_id: str
    size_bytes: int
    dkim: str
    spf: str
    is_proven: bool = Field(description="The sender's address is proven to be theirs.")
    target_type: str = Field(
        description="What it became: `inquiry`, `post`, `mail` (a report about that mail), or empty."
    )
    target_id: int | None
    received_at: datetime
    handled_at: datetime | None


class MailPage(PageOut):
    items: list[MailOut]


class MailQuery(PageQuery):
    state: str = Field("", description=f"Only those in this state: {STATES}")


@router.get("/inbound-mails", response=MailPage, exclude_unset=True, summary="List mail that came in")
def list_mails(request: Request, page: Query[MailQuery]) -> dict[str, Any]:
    """List the mail of the last year, the latest first; the texts are not among it."""
    require_manager(request.viewer)
    if page.state and page.state not in InboundMail.State.values:
        raise Refused(wording.no_such_state(), field="state")
    rows = queries.mails_visible_to(request.viewer).defer("text")
    rows = rows.filter(state=page.state) if page.state else rows
    return page_of(rows, query=page, order=["-id"], shown=lambda row: _shown(request, row))


@router.get("/inbound-mails/{id:mail_id}", response=MailOut, summary="Read what became of a mail")
def read_mail(request: Request, mail_id: int) -> dict[str, Any]:
    require_manager(request.viewer)
    return _shown(request, queries.mail_for(request.viewer, mail_id))


@router.post("/inbound-mails/{id:mail_id}/taking", response=MailOut, summary="Take a mail that was set aside")
def take_mail(request: Request, mail_id: int) -> dict[str, Any]:
    """Take a mail that was set aside after all, as its route takes a person's."""
    require_manager(request.viewer)
    found = queries.mail_for(request.viewer, mail_id)
    return _shown(request, actions.take_by_hand(viewer=request.viewer, mail=found, now=timezone.now()))


def _shown(request: Request, row: InboundMail) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in PLAIN}
    if not queries.may_read(row, viewer=request.viewer):
        said["subject"] = ""
    return {**said, "why": str(wording.why(row))}
