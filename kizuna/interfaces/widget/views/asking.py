"""What is asked by the widget: similar answers once before sending, the sending, adding to it, and the answers."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from kizuna.base.hosting import links
from kizuna.core.files.models import File
from kizuna.core.files.queries import url_of
from kizuna.core.members.actions.limits import attempt
from kizuna.interfaces.api.problems import Problem
from kizuna.interfaces.widget import actions, context, limits, queries, tokens, wording
from kizuna.interfaces.widget.views.answers import items_of
from kizuna.interfaces.widget.views.entrance import Call, call
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox import looks
from kizuna.success.inbox.models import Inquiry, InquiryMessage
from kizuna.success.inbox.queries import files_of, own_inquiry_for, own_messages
from kizuna.success.inbox.quoting import split
from kizuna.success.inbox.wording import FOR_ASKERS

WIDGET = Inquiry.Channel.WIDGET
BEFORE_SENDING = 3
LONGEST_ONCE = 64


@call
def ask(call: Call) -> dict[str, Any]:
    """Before sending: what answers already. It is asked once, and how it ends is kept."""
    title, body = call.text("title").strip(), call.text("body")
    text = title or body[:200]
    found = queries.found_by(call.viewer, text, now=call.now, is_noted=False, limit=BEFORE_SENDING)
    fitting = queries.Found([hit for hit in found.hits if hit.is_fitting])
    if not fitting.hits:
        return {"items": [], "word": ""}
    attempt(limits.VOTED, key=call.network, now=call.now)
    word = inbox.begin_ask(
        viewer=call.viewer,
        subject=text[:200],
        shown=[(hit.type, hit.id) for hit in fitting.hits],
        now=call.now,
        channel=WIDGET,
    )
    return {"items": items_of(call, fitting), "word": word}


@call
def solve(call: Call) -> dict[str, Any]:
    """Note that one of the answers shown before sending solved it."""
    inbox.solve_ask(viewer=call.viewer, token=call.text("word", longest=200), now=call.now, channel=WIDGET)
    return {"said": wording.voted_words(is_solved=True)}


@call
def send(call: Call) -> dict[str, Any]:
    """Send what was written; clicked twice it is one inquiry."""
    _count(call)
    asked = inbox.Asked(
        title=call.text("title").strip() or call.text("body").strip()[:60],
        body=call.text("body"),
        name=call.text("name", longest=200),
        email=call.text("email", longest=500),
        is_urgent=call.said.get("urgent") is True,
        once=_once(call),
        channel=WIDGET,
    )
    inquiry = actions.send(
        viewer=call.viewer,
        asked=asked,
        word=call.text("word", longest=200),
        origin=call.origin,
        facts=context.screened(call.said.get("facts")),
        now=call.now,
    )
    return {
        "number": inquiry.pk,
        "until": looks.short(inquiry.response_due_at) if inquiry.response_due_at else "",
        "why": wording.closed_days(call.now),
        "steps": wording.steps(inquiry, now=call.now),
        "add": "" if call.viewer.is_member else tokens.word_for(inquiry.pk, origin=call.origin),
        "community": links.base_url() + "/",
    }


@call
def add(call: Call) -> dict[str, Any]:
    """Add to what was sent: one's own as a member, with its word as a visitor."""
    _count(call)
    inquiry = _own(call)
    actions.add(viewer=call.viewer, inquiry=inquiry, body=call.text("body"), once=_once(call), now=call.now)
    return {"said": _("It was sent.")}


@call
def mine(call: Call) -> dict[str, Any]:
    """List what a member asked."""
    _require_member(call)
    return {
        "items": [
            {"id": item.pk, "title": item.title, "note": wording.asked_note(item), "unread": unread}
            for item, unread in queries.own_asked(call.viewer)
        ]
    }


@call
def conversation(call: Call) -> dict[str, Any]:
    """Show what passed in one of the member's inquiries; its answers are read from now on."""
    _require_member(call)
    inquiry = own_inquiry_for(call.viewer, call.number("inquiry"))
    messages = own_messages(inquiry)
    files = files_of([message.pk for message in messages])
    actions.note_read(viewer=call.viewer, inquiry=inquiry, now=call.now)
    return {
        "number": inquiry.pk,
        "title": inquiry.title,
        "state": str(FOR_ASKERS[Inquiry.State(inquiry.state)][0]),
        "entries": [_entry(message, files.get(message.pk, []), call.now) for message in messages],
    }


def _entry(message: InquiryMessage, files: list[File], now: datetime) -> dict[str, Any]:
    is_out = message.direction == InquiryMessage.Direction.OUT
    own, _quoted = split(message.body, message.quoted)
    name = message.author.name if is_out and message.author else ""
    links_to = [{"name": file.name, "url": links.base_url() + url_of(file)} for file in files]
    return {"out": is_out, "name": name, "at": looks.short(message.at), "body": own, "files": links_to}


def _own(call: Call) -> Inquiry:
    if call.viewer.is_member:
        return own_inquiry_for(call.viewer, call.number("inquiry"))
    found = tokens.inquiry_of(call.text("word", longest=400), origin=call.origin)
    inquiry = Inquiry.objects.filter(pk=found or 0, channel=WIDGET, member=None).first()
    if inquiry is None:
        raise Http404
    return inquiry


def _once(call: Call) -> str:
    once = call.text("once", longest=LONGEST_ONCE)
    return once if once.isascii() and once.isalnum() else ""


def _count(call: Call) -> None:
    if call.viewer.is_member:
        attempt(limits.SENT_BY_MEMBER, key=str(call.viewer.own_id), now=call.now)
    else:
        attempt(limits.SENT_BY_NETWORK, key=call.network, now=call.now)


def _require_member(call: Call) -> None:
    if not call.viewer.is_member:
        raise Problem(401, WWW_Authenticate="Bearer")
