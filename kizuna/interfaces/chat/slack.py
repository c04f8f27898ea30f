"""How Slack tells of a press and takes an answer, and the ticket by which somebody of the team says who they are. Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core import signing

from kizuna.base.hosting.context import current

ANSWER_SCHEME = "https"
ANSWER_HOSTS: tuple[str, ...] = ("hooks.slack.com",)
ASSIGN = "assign"
SALT = "kizuna.slack"
GOOD_FOR = 15 * 60


class Unclear(Exception):
    """What was told is no press of a button of ours."""


@dataclass(frozen=True)
class Press:
    """A button that somebody pressed."""

    press_id: str
    team_id: str
    user_id: str
    name: str
    inquiry_id: int
    answer_url: str


def press_of(payload: str) -> Press | None:
    """Read what Slack sends; None for a button that only opens an address. Raises Unclear."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        raise Unclear from None
    if not isinstance(told, dict) or told.get("type") != "block_actions":
        raise Unclear
    actions = told.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    if action.get("action_id") != ASSIGN:
        return None
    number = action.get("value")
    team, user = _word(told.get("team"), "id"), _word(told.get("user"), "id")
    url = told.get("response_url")
    is_number = isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 19
    if not is_number or not team or not user or not isinstance(url, str) or not _is_slacks(url):
        raise Unclear
    name = _word(told.get("user"), "username", longest=80) or _word(told.get("user"), "name", longest=80)
    mark = f"{team}:{user}:{told.get('trigger_id')}:{action.get('action_ts')}:{number}"
    return Press(hashlib.sha256(mark.encode("utf-8", "replace")).hexdigest(), team, user, name, int(str(number)), url)


def whisper(text: str, url: str = "") -> dict[str, Any]:
    """Return an answer that only who pressed sees."""
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": _plain(text) + (f"\n<{url}>" if url else ""),
    }


def announce(text: str) -> dict[str, Any]:
    """Return an answer that everybody in the room sees."""
    return {"response_type": "in_channel", "replace_original": False, "text": _plain(text)}


def ticket_of(team_id: str, user_id: str, name: str) -> str:
    """Return what proves that somebody in Slack asked for it a moment ago."""
    return signing.dumps([team_id, user_id, name], salt=_salt())


def read_ticket(ticket: str) -> tuple[str, str, str] | None:
    """Return (team, user, name) of a ticket that is good, else None."""
    try:
        team_id, user_id, name = signing.loads(ticket, salt=_salt(), max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(team_id), str(user_id), str(name)


def _salt() -> str:
    return f"{SALT}:{current().slug}"  # a ticket is good in one community


def _is_slacks(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == ANSWER_SCHEME and parts.netloc in ANSWER_HOSTS and len(url) <= 500


def _word(thing: Any, name: str, *, longest: int = 40) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value if isinstance(value, str) and 0 < len(value) <= longest and value.isprintable() else ""


def _plain(text: str) -> str:
    for sign, word in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, word)
    return text
