"""Slack messages as JSON lines (channel, ts, thread_ts, user, text, reactions), or the daily arrays of an export.

A message that opens a thread, or stands alone, becomes a topic; answers in the thread its posts.
"""

import html
import json
import re
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from kizuna.base.text.japanese import graphemes
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import Author, Post, Record, Skipped, Topic

TITLE_LENGTH = 60
LEFT_OUT = frozenset(
    {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "pinned_item"}
)
BRACKET = re.compile(r"<([^<>\n]{1,2000})>")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]{1,500})\*(?![\w*])")
STRUCK = re.compile(r"(?<![\w~])~([^~\n]{1,500})~(?![\w~])")
Message = dict[str, Any]


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts."""
    names: dict[str, str] = {}
    for name, source in sources.files(paths, suffixes=(".jsonl", ".json")):
        if name.startswith("users.json"):
            names |= _names(source)
            continue
        if name.startswith(("channels.json", "integration_logs.json")):
            continue
        for place, message in _messages(name, source):
            if isinstance(message, Skipped):
                yield message
                continue
            try:
                yield from _records(place, message, names)
            except (KeyError, TypeError, ValueError) as error:
                yield Skipped(place, f"not a Slack message ({type(error).__name__}: {error})")


def _names(source: BufferedReader) -> dict[str, str]:
    people = json.loads(sources.text(source).read())
    return {str(person["id"]): str(person.get("real_name") or person.get("name") or person["id"]) for person in people}


def _messages(name: str, source: BufferedReader) -> Iterator[tuple[str, Message | Skipped]]:
    stream = sources.text(source)
    for line_number, line in enumerate(stream, start=1):
        place = f"{name}:{line_number}"
        if not line.strip():
            continue
        if line_number == 1 and line.lstrip().startswith("["):
            yield from _array(name, line + stream.read())
            return
        try:
            message = json.loads(line)
        except ValueError as error:
            yield place, Skipped(place, f"not JSON ({error})")
            continue
        yield place, message if isinstance(message, dict) else Skipped(place, "not an object")


def _array(name: str, content: str) -> Iterator[tuple[str, Message | Skipped]]:
    try:
        found = json.loads(content)
    except ValueError as error:
        yield f"{name}:1", Skipped(f"{name}:1", f"not JSON ({error})")
        return
    for position, message in enumerate(found, start=1):
        place = f"{name}#{position}"
        yield place, message if isinstance(message, dict) else Skipped(place, "not an object")


def _records(place: str, message: Message, names: dict[str, str]) -> Iterator[Record]:
    if message.get("subtype") in LEFT_OUT:
        yield Skipped(place, "a notice of Slack, not a message")
        return
    ts, text = str(message["ts"]), markdown(str(message.get("text") or ""), names)
    if not text.strip():
        yield Skipped(place, "a message without text")
        return
    channel = str(message.get("channel") or place.partition(".")[0])
    user = str(message.get("user") or message.get("username") or message.get("bot_id") or "unknown")
    profile = message.get("user_profile") or {}
    yield Author(key=user, name=str(names.get(user) or profile.get("real_name") or message.get("username") or user))
    thread = str(message.get("thread_ts") or ts)
    common = {"body": text, "author_key": user, "created_at": sources.moment(float(ts)), "place": place}
    votes = sum(sources.number(reaction.get("count")) for reaction in message.get("reactions") or ())
    if thread == ts:
        yield Topic(key=f"{channel}:{ts}", title=title_of(text), vote_count=votes, tags=(channel[:40],), **common)
    else:
        yield Post(key=f"{channel}:{ts}", topic_key=f"{channel}:{thread}", vote_count=votes, **common)


def title_of(text: str) -> str:
    """Return the first line of a message as a title."""
    first = next(line for line in text.splitlines() if line.strip())
    first = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_~`>#]", r"\1", first).strip() or "(no title)"
    letters = graphemes(first)
    return first if len(letters) <= TITLE_LENGTH else "".join(letters[: TITLE_LENGTH - 1]) + "…"


def markdown(text: str, names: dict[str, str]) -> str:
    """Turn Slack's marks into Markdown; code is left as it is."""
    parts = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.DOTALL)
    return "".join(_code(part) if part.startswith("`") else _prose(part, names) for part in parts)


def _code(part: str) -> str:
    inner = html.unescape(part)
    if inner.startswith("```") and len(inner) >= 6:
        return f"\n```\n{inner[3:-3].strip(chr(10))}\n```\n"
    return inner


def _prose(part: str, names: dict[str, str]) -> str:
    part = BRACKET.sub(lambda match: _reference(match.group(1), names), part)
    part = STRUCK.sub(r"~~\1~~", BOLD.sub(r"**\1**", part))
    return html.unescape(part)


def _reference(inside: str, names: dict[str, str]) -> str:
    target, _bar, label = inside.partition("|")
    if target.startswith("@"):
        return f"{label or names.get(target[1:], target[1:])}"
    if target.startswith(("#", "!")):
        return label or target[1:].partition("^")[0]
    return f"[{label}]({target})" if label and label != target else target
