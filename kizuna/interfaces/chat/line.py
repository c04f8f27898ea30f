"""The Messaging API of LINE: what is sent there and how it answers. Pure but for `call`, which goes out."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.outbound import Answer, Unreachable, fetch
from kizuna.base.registry import DoorClosed

API = "https://api.line.me"
CONTENT = "https://api-data.line.me"
SECONDS = 10.0
LARGEST_FILE = 10_000_000
LONGEST_TEXT = 5000  # as UTF-16 counts
MOST_TEXTS = 5
SAID_CODE = re.compile(r"\s*(?:連携|link)[\s:：]*([a-z0-9]{4})[\s\-ー－]?([a-z0-9]{4})\s*", re.IGNORECASE)


TOKEN_IS_NOT_GOOD = _("LINE does not accept the access token any more. An owner has to give a new one in Studio.")


class NotYet(Exception):
    """LINE could not take it over for now; the same message is tried again under the same key."""


def call(path: str, *, token: str, body: Any = None, retry_key: str = "") -> Answer:
    """Ask the API for something, or tell it something. Raises Unreachable."""
    headers = {"Authorization": f"Bearer {token}"}
    if retry_key:
        headers["X-Line-Retry-Key"] = retry_key
    content = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    method = "GET" if body is None else "POST"
    return fetch(
        f"{API}{path}",
        method=method,
        content=content,
        content_type="application/json",
        headers=headers,
        seconds=SECONDS,
    )


def content(message_id: str, *, token: str) -> Answer:
    """Return a file that somebody sent. Raises Unreachable."""
    url = f"{CONTENT}/v2/bot/message/{message_id}/content"
    headers = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
    return fetch(url, headers=headers, seconds=30.0, max_bytes=LARGEST_FILE)


def push(*, to: str, texts: list[str], token: str, retry_key: str) -> None:
    """Send texts to somebody, once under one key. Raises DoorClosed for never and NotYet for later."""
    if not token:  # sealed on another machine
        raise DoorClosed(TOKEN_IS_NOT_GOOD)
    messages = [{"type": "text", "text": text} for text in texts]
    try:
        answer = call("/v2/bot/message/push", token=token, body={"to": to, "messages": messages}, retry_key=retry_key)
    except Unreachable as error:
        raise NotYet(error.reason) from None
    if answer.status < 300 or answer.status == 409:  # 409: taken over before, under this key
        return
    said = _message(answer)
    if answer.status == 429 and "monthly limit" in said.lower():
        raise DoorClosed(_("The number of messages of this month is used up at LINE."))
    if answer.status in (429, 408) or answer.status >= 500:
        raise NotYet(f"{answer.status} {said}")
    if answer.status in (401, 403):
        raise DoorClosed(TOKEN_IS_NOT_GOOD)
    raise DoorClosed(_("LINE refused it: %(said)s") % {"said": said[:200] or str(answer.status)})


def retry_key_of(key: str) -> str:
    """Return the UUID under which a message is sent, the same for the same key of ours."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"kizuna:{key}"))


def texts_of(body: str) -> list[str]:
    """Cut a text into pieces that LINE takes, at the ends of lines where there are any. Raises DoorClosed."""
    pieces: list[str] = []
    rest = body.strip()
    while rest:
        if len(pieces) == MOST_TEXTS:
            raise DoorClosed(_("This is too long for LINE. Please send it in two parts."))
        piece = _beginning(rest)
        pieces.append(piece.strip())
        rest = rest[len(piece) :].strip()
    return pieces


def code_in(text: str) -> str:
    """Return the code that somebody sends to say who they are, "" for any other text."""
    found = SAID_CODE.fullmatch(text[:60])
    return f"{found[1]}{found[2]}".upper() if found else ""


def words_of(message: Mapping[str, Any]) -> str:
    """Return what a message says in words; a file says its kind and name."""
    kind = str(message.get("type", ""))
    if kind == "text":
        return str(message.get("text", ""))
    if kind == "sticker":
        words = [str(word)[:30] for word in message.get("keywords") or [] if isinstance(word, str)][:5]
        return str(_("(sticker: %(words)s)") % {"words": ", ".join(words)}) if words else str(_("(sticker)"))
    if kind == "location":
        place = " ".join(str(message.get(name, "")) for name in ("title", "address") if message.get(name))
        return str(_("(place: %(place)s)") % {"place": place[:400] or "?"})
    names = {"image": _("(picture)"), "video": _("(film)"), "audio": _("(voice)"), "file": _("(file)")}
    name = str(message.get("fileName", ""))[:120]
    return " ".join(filter(None, [str(names.get(kind, _("(something that cannot be shown here)"))), name]))


def _message(answer: Answer) -> str:
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("message", ""))[:400] if isinstance(said, dict) else ""


def _beginning(text: str) -> str:
    if _length(text) <= LONGEST_TEXT:
        return text
    size, end = 0, 0
    for letter in text:
        size += 2 if ord(letter) > 0xFFFF else 1
        if size > LONGEST_TEXT:
            break
        end += 1
    line = text.rfind("\n", end // 2, end)
    return text[: line if line > 0 else end]


def _length(text: str) -> int:
    return len(text) + sum(ord(letter) > 0xFFFF for letter in text)
