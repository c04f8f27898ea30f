"""The contact form: show what answers already, note how it ended, send it, and write on."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.checking import email, line, text_of
from kizuna.success.inbox import activities, enclosing, policies
from kizuna.success.inbox.actions.receiving import Arrival, Received, receive
from kizuna.success.inbox.models import FormAsk, Inquiry

LONGEST = 10_000
SALT = "inbox.form"
MOST_SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """What was written into the form. `once` names this sending, so that two clicks are one inquiry."""

    title: str
    body: str
    name: str = ""
    email: str = ""
    company: str = ""
    phone: str = ""
    category: str = ""
    is_urgent: bool = False
    once: str = ""
    # By which form: the contact form, or the widget in the company's own product, which has a switch of its own.
    channel: str = Inquiry.Channel.FORM


@transaction.atomic
def begin_ask(
    *,
    viewer: Viewer,
    subject: str,
    shown: Sequence[tuple[str, int]],
    now: datetime,
    channel: str = Inquiry.Channel.FORM,
) -> str:
    """Note that somebody was shown answers before sending. Returns the word by which this is found again."""
    policies.require_form(viewer, channel=channel)
    ask = FormAsk.objects.create(
        member_id=viewer.member_id,
        subject=line({"subject": subject}, "subject", longest=10_000)[:200],
        shown=[[kind, pk] for kind, pk in shown[:MOST_SHOWN]],
        began_at=now,
    )
    return signing.dumps(ask.pk, salt=SALT)


def find_ask(*, viewer: Viewer, token: str) -> FormAsk | None:
    """Return what a word of `begin_ask` stands for, if it is the viewer's and not ended."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    found = FormAsk.objects.filter(pk=pk, ended_at=None).first()
    return found if found is not None and found.member_id == viewer.member_id else None


@transaction.atomic
def solve_ask(*, viewer: Viewer, token: str, now: datetime, channel: str = Inquiry.Channel.FORM) -> bool:
    """Note that an answer that was shown solved it. Returns whether there was such a question."""
    policies.require_form(viewer, channel=channel)
    ask = find_ask(viewer=viewer, token=token)
    return ask is not None and _ended(ask, FormAsk.Outcome.SOLVED, None, viewer=viewer, now=now)


@transaction.atomic
def send_form(*, viewer: Viewer, asked: Asked, token: str, now: datetime) -> Received:
    """Send what was written: an inquiry of the member, or of the address that a visitor gave."""
    policies.require_form(viewer, channel=asked.channel)
    title = line({"title": asked.title}, "title", longest=200, required=True)
    body, keys = _enclosed(text_of({"body": asked.body}, "body", longest=LONGEST), viewer)
    if not body:
        raise Refused(_("Please write what it is about."), field="body", code="empty")
    address = "" if viewer.is_member else email({"email": asked.email})
    if not viewer.is_member and not address:
        raise Refused(_("Please give an address to which we can answer."), field="email", code="empty")
    once = asked.once if asked.once.isalnum() and len(asked.once) <= 64 else secrets.token_hex(16)
    arrival = Arrival(
        channel=asked.channel,
        title=title,
        body=_with_names(asked, body),
        files=keys,
        received_at=now,
        member_id=viewer.member_id,
        sender=address,
        external_id=f"{asked.channel}:{viewer.own_id}:{address}:{once}",
        urgent=asked.is_urgent,
        category=asked.category,
    )
    received = receive(arrival=arrival, now=now)
    ask = find_ask(viewer=viewer, token=token)
    if received.is_new:
        ask = ask or FormAsk(member_id=viewer.member_id, subject=title, began_at=now)
        _ended(ask, FormAsk.Outcome.SENT, received.inquiry, viewer=viewer, now=now)
    return received


def write_on(*, viewer: Viewer, inquiry: Inquiry, body: str, now: datetime) -> Received:
    """Write on in one's own inquiry: it is the team's turn again."""
    require(can_act(viewer) and inquiry.member_id == viewer.own_id, _("Only whoever asked may write on."))
    body = text_of({"body": body}, "body", longest=LONGEST)
    body, keys = _enclosed(body, viewer)
    if not body and not keys:
        raise Refused(_("Please write something."), field="body", code="empty")
    arrival = Arrival(
        channel=inquiry.channel,
        title=inquiry.title,
        body=body or str(_("(files only)")),
        files=keys,
        received_at=now,
        member_id=viewer.member_id,
        external_id=f"own:{inquiry.pk}:{secrets.token_hex(16)}",
        continues=inquiry.pk,
    )
    return receive(arrival=arrival, now=now)


def _enclosed(body: str, viewer: Viewer) -> tuple[str, list[str]]:
    """Return a text without the links to the writer's own uploads, and their keys."""
    uploads = enclosing.own_uploads(body, uploader_id=viewer.member_id)
    return enclosing.without_links(body, files=uploads), [file.key for file in uploads]


def _with_names(asked: Asked, body: str) -> str:
    """Put who a visitor says they are above what they wrote: nobody has proven it."""
    said = [
        (_("Name"), line({"name": asked.name}, "name", longest=80)),
        (_("Company"), line({"company": asked.company}, "company", longest=120)),
        (_("Telephone"), line({"phone": asked.phone}, "phone", longest=30)),
    ]
    lines = [f"{label}: {value}" for label, value in said if value]
    return "\n".join([*lines, "", body]) if lines else body


def _ended(ask: FormAsk, outcome: FormAsk.Outcome, inquiry: Inquiry | None, *, viewer: Viewer, now: datetime) -> bool:
    if ask.pk is None:
        ask.outcome, ask.inquiry, ask.ended_at = outcome, inquiry, now
        ask.save()
    else:
        open_one = FormAsk.objects.filter(pk=ask.pk, ended_at=None)
        if not open_one.update(outcome=outcome, inquiry=inquiry, ended_at=now):
            return False
    props = {"outcome": str(outcome), "shown": len(ask.shown), **({"inquiry": inquiry.pk} if inquiry else {})}
    record(
        activities.INQUIRY_FORM_ASKED,
        actor_id=viewer.member_id,
        object_type="form_ask",
        object_id=ask.pk,
        at=now,
        props=props,
    )
    return True
