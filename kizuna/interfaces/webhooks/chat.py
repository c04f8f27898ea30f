"""Alerts for the team's chat: the same message in the form that each service takes. Words of people are never markup.

Slack: incoming webhook with Block Kit. Teams: Workflows webhook with an Adaptive Card. LINE WORKS: incoming webhook.
Chatwork: its API with a token. All but Chatwork hold the right to write in their address, which is therefore a secret.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

STANDARD, SLACK, TEAMS, CHATWORK, LINE_WORKS = "standard", "slack", "teams", "chatwork", "lineworks"
CHATWORK_ROOM = "https://api.chatwork.com/v2/rooms/{room}/messages"
LONGEST = 300
# What a chat can be told; a webhook without ticks hears everything, a chat these.
ALERTS = (
    "inquiry.opened", "inquiry.due_soon", "inquiry.escalated", "inquiry.late_back", "inquiry.not_sent",
    "topic.reached_staff", "topic.held", "post.held", "member.requested", "testimonial.given", "contract.noticed",
    "cancellation.noted",
)  # fmt: skip


@dataclass(frozen=True)
class Alert:
    """What is said: what happened, of what, where to look, and by which community."""

    what: str
    title: str
    url: str
    community: str
    button: str
    # Where buttons are answered: the inquiry that somebody may take, and the words of the buttons.
    inquiry: int = 0
    take: str = ""
    reply: str = ""


def body_of(kind: str, alert: Alert) -> str:
    """Return the body of a message for one kind of chat."""
    return _FORMS[kind](_short(alert))


def content_type_of(kind: str) -> str:
    """Return how that body is sent."""
    return "application/x-www-form-urlencoded" if kind == CHATWORK else "application/json"


def _short(alert: Alert) -> Alert:
    def line(text: str) -> str:
        return " ".join(text.split())[:LONGEST]

    return replace(alert, what=line(alert.what), title=line(alert.title), community=line(alert.community))


def _slack(alert: Alert) -> str:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": alert.what[:150], "emoji": False}},
    ]
    if alert.title:
        blocks.append({"type": "section", "text": {"type": "plain_text", "text": alert.title, "emoji": False}})
    if alert.url:
        blocks.append({"type": "actions", "elements": _slack_buttons(alert)})
    named = {"type": "plain_text", "text": alert.community, "emoji": False}
    blocks.append({"type": "context", "elements": [named]})
    said = f"{alert.what} {alert.title}".strip()
    for sign, word in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        said = said.replace(sign, word)
    return _json({"text": said, "blocks": blocks})


def _slack_buttons(alert: Alert) -> list[dict[str, Any]]:
    def button(text: str, **more: str) -> dict[str, Any]:
        return {"type": "button", "text": {"type": "plain_text", "text": text[:75]}, **more}

    buttons = [button(alert.button, url=alert.url)]
    if alert.inquiry:
        buttons.insert(0, button(alert.take, action_id="assign", value=str(alert.inquiry), style="primary"))
        buttons.append(button(alert.reply, action_id="reply", url=f"{alert.url}#reply"))
    return buttons


def _teams(alert: Alert) -> str:
    def run(text: str, **looks: Any) -> dict[str, Any]:  # a TextRun is never read as Markdown
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}

    lines = [run(alert.what, weight="Bolder", size="Medium")]
    lines += [run(alert.title)] if alert.title else []
    lines.append(run(alert.community, isSubtle=True, size="Small"))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": lines,
        "actions": [{"type": "Action.OpenUrl", "title": alert.button, "url": alert.url}] if alert.url else [],
    }
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return _json({"type": "message", "attachments": [attached]})


def _chatwork(alert: Alert) -> str:
    def plain(text: str) -> str:  # [toall] and the like are commands there
        return text.replace("[", "［").replace("]", "］")

    said = "\n".join(filter(None, [plain(alert.title), alert.url]))
    title = f"{plain(alert.what)} ({plain(alert.community)})"
    return urlencode({"body": f"[info][title]{title}[/title]{said}[/info]", "self_unread": "1"})


def _line_works(alert: Alert) -> str:
    told: dict[str, Any] = {"title": alert.what[:100], "body": {"text": f"{alert.title}\n{alert.community}".strip()}}
    if alert.url:
        told["button"] = {"label": alert.button, "url": alert.url}
    return _json(told)


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


_FORMS: dict[str, Callable[[Alert], str]] = {
    SLACK: _slack,
    TEAMS: _teams,
    CHATWORK: _chatwork,
    LINE_WORKS: _line_works,
}
