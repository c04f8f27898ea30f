"""The entries of a conversation as they are shown: messages with their quotations folded, and lines of what happened."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kizuna.base.registry import InquiryLines, of
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import looks, wording
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryMessage
from kizuna.success.inbox.queries import Conversation
from kizuna.success.inbox.quoting import split
from kizuna.success.tasks.queries import all_departments
from kizuna.success.tasks.wording import department_name

KINDS = {
    InquiryMessage.Direction.IN: "",
    InquiryMessage.Direction.OUT: "msg--out",
    InquiryMessage.Direction.INTERNAL: "msg--note",
}


def entries_of(conversation: Conversation, inquiry: Inquiry, *, now: datetime, viewer: Viewer) -> list[dict[str, Any]]:
    """Return every entry as plain values."""
    happened = [entry for entry in conversation.entries if isinstance(entry, InquiryChange)]
    names = {**conversation.names}
    at_departments = any(entry.props.get("department") or entry.props.get("handover") for entry in happened)
    departments = (
        {item.pk: department_name(item, viewer.language) for item in all_departments()} if at_departments else {}
    )
    shown = [
        _change(entry, names, departments)
        if isinstance(entry, InquiryChange)
        else _message(entry, inquiry, conversation, now=now, viewer=viewer)
        for entry in conversation.entries
    ]
    besides = [
        {"kind": "change", "text": text, "at": at}
        for declared in of(InquiryLines)
        for at, text in declared.lines(inquiry=inquiry)
    ]
    return sorted([*shown, *besides], key=lambda entry: entry["at"]) if besides else shown


def _message(
    message: InquiryMessage, inquiry: Inquiry, conversation: Conversation, *, now: datetime, viewer: Viewer
) -> dict[str, Any]:
    own, quoted = split(message.body, message.quoted)
    delivery = getattr(message, "delivery", None)
    return {
        "kind": "message",
        "pk": message.pk,
        "look": KINDS[InquiryMessage.Direction(message.direction)],
        "is_note": message.direction == InquiryMessage.Direction.INTERNAL,
        "is_out": message.direction == InquiryMessage.Direction.OUT,
        "name": _name_of(message, inquiry, viewer),
        "hue": message.author.hue if message.author else None,
        "avatar_url": message.author.avatar_url if message.author else "",
        "sender": _sender_beside(message, inquiry, viewer),
        "at": message.at,
        "body": own or _without_words(message, inquiry),
        "quoted": quoted,
        "quoted_lines": len(quoted.splitlines()),
        "files": [
            {"name": file.name, "url": f"/f/{file.key}/{file.name}", "size": file.size_bytes}
            for file in conversation.files.get(message.pk, [])
        ],
        "delivery": _delivery(delivery, now=now) if delivery else None,
    }


def _without_words(message: InquiryMessage, inquiry: Inquiry) -> str:
    """Say what happened where somebody rang and left no word; another message may be its files alone."""
    is_call = inquiry.channel == Inquiry.Channel.MISSED and message.direction == InquiryMessage.Direction.IN
    return _("Called; nobody took it, and no word was left.") if is_call else ""


def _delivery(delivery: Delivery, *, now: datetime) -> dict[str, Any]:
    state = Delivery.State(delivery.state)
    words = {
        Delivery.State.HELD: _("Will be sent in a moment"),
        Delivery.State.SENDING: _("Being sent"),
        Delivery.State.FAILED: _("Not sent"),
    }
    tones = {Delivery.State.FAILED: "bad"}
    return {
        "pk": delivery.pk,
        "word": words.get(state, ""),
        "tone": tones.get(state, "warn"),
        "error": delivery.error if state == Delivery.State.FAILED else "",
        "is_failed": state == Delivery.State.FAILED,
        "may_undo": state == Delivery.State.HELD and delivery.send_at > now,
    }


def _sender_beside(message: InquiryMessage, inquiry: Inquiry, viewer: Viewer) -> str:
    """Return the address or number beside the name, unless it is the name."""
    sender = looks.sender_seen(message.sender, viewer)
    return "" if sender == _name_of(message, inquiry, viewer) else sender


def _name_of(message: InquiryMessage, inquiry: Inquiry, viewer: Viewer) -> str:
    if message.direction != InquiryMessage.Direction.IN:
        return message.author.name if message.author else "Kizuna"
    person: Any = message.contact or inquiry.contact or inquiry.member
    if isinstance(person, Member) or person is not None:
        return str(person.name)
    return looks.sender_seen(message.sender, viewer) or _("Unknown")


def _change(change: InquiryChange, names: dict[int, str], departments: dict[int, str]) -> dict[str, Any]:
    props = change.props
    until = parse_datetime(props["until"]) if props.get("until") else None
    words = {
        "name": change.by.name if change.by else "Kizuna",
        "owner": names.get(props.get("owner"), "") or _("nobody"),
        "priority": wording.PRIORITIES.get(props.get("priority", ""), ""),
        "until": looks.short(until) if until else "",
        "department": departments.get(props.get("department"), "") or _("the department"),
        "because": wording.REASONS.get(props.get("because", ""), ""),
    }
    sentence = wording.HAPPENED[InquiryChange.What(change.what)] % words
    return {"kind": "change", "text": sentence, "at": change.at}
