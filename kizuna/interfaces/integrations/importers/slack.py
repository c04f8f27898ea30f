"""Slack messages as JSON lines (channel, ts, thread_ts, user, text, reactions), or the daily arrays of an export.

A message that opens a thread, or stands alone, becomes a topic; answers in the thread its posts.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kizuna.base.text.markdown import excerpt
from kizuna.interfaces.integrations.importers import documents, sources
from kizuna.interfaces.integrations.importers.records import AUTHORS, POSTS, Author, Post, Record, Skipped, Topic
from kizuna.interfaces.integrations.importers.sources import Source
from kizuna.interfaces.integrations.importers.values import moment, number

TITLE_LENGTH = 60
LEFT_OUT = frozenset(
    {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "pinned_item"}
)
LISTS = frozenset({"users", "channels", "groups", "dms", "mpims", "integration_logs", "canvases"})
BRACKET = re.compile(r"<([^<>\n]{1,2000})>")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]{1,500})\*(?![\w*])")
STRUCK = re.compile(r"(?<![\w~])~([^~\n]{1,500})~(?![\w~])")
Message = dict[str, Any]


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts."""
    names = _names(paths)
    for source in sources.files(paths, suffixes=(".jsonl", ".json")):
        if isinstance(source, Skipped):
            yield source
            continue
        if _file_name(source) in LISTS:
            continue
        for item in documents.items(source, kind=POSTS):
            if isinstance(item, Skipped):
                yield item
                continue
            place, message = item
            try:
                yield from _records(place, source, message, names)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                yield Skipped(place, f"not a Slack message ({_why(error)})", kind=POSTS)


def _names(paths: list[str]) -> dict[str, str]:
    """Return {user id: name} where the export has a list of its users."""
    names: dict[str, str] = {}
    folders = [path for path in paths if Path(path).is_dir()]
    for source in sources.files(folders, suffixes=(".jsonl", ".json")) if folders else ():
        if isinstance(source, Skipped) or _file_name(source) != "users":
            continue
        for item in documents.items(source, kind=AUTHORS):
            if not isinstance(item, Skipped):
                _place, person = item
                names[str(person.get("id"))] = str(person.get("real_name") or person.get("name") or person.get("id"))
    return names


def _file_name(source: Source) -> str:
    return source.name.rpartition("/")[2].partition(".")[0]


def _channel(source: Source, message: Message) -> str:
    """The message says it, or the folder it lies in, or its file."""
    folder = source.name.rpartition("/")[0].rpartition("/")[2]
    return str(message.get("channel") or folder or _file_name(source))


def _records(place: str, source: Source, message: Message, names: dict[str, str]) -> Iterator[Record]:
    if message.get("subtype") in LEFT_OUT:
        yield Skipped(place, "a notice of Slack, not a message", kind=POSTS)
        return
    ts, text = str(message["ts"]), markdown(str(message.get("text") or ""), names)
    if not text.strip():
        yield Skipped(place, "a message without text", kind=POSTS)
        return
    channel = _channel(source, message)
    user = str(message.get("user") or message.get("username") or message.get("bot_id") or "unknown")
    profile = next(_objects([message.get("user_profile")]), {})
    name = str(names.get(user) or profile.get("real_name") or message.get("username") or user)
    thread = str(message.get("thread_ts") or ts)
    common = {
        "key": f"{channel}:{ts}",
        "body": text,
        "author_key": user,
        "created_at": moment(float(ts)),
        "place": place,
        "vote_count": sum(number(reaction.get("count")) for reaction in _objects(message.get("reactions"))),
    }
    yield Author(key=user, name=name)
    if thread == ts:
        yield Topic(title=title_of(text), tags=(channel[:40],), **common)
    else:
        yield Post(topic_key=f"{channel}:{thread}", **common)


def _objects(found: Any) -> Iterator[dict[str, Any]]:
    """Yield what is an object in a list that may be none: what surrounds a message costs nobody the message."""
    return (item for item in found if isinstance(item, dict)) if isinstance(found, list) else iter(())


def title_of(text: str) -> str:
    """Return the first line of a message as a title."""
    first = next(line for line in text.splitlines() if line.strip())
    first = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_~`>#]", r"\1", first).strip() or "(no title)"
    return excerpt(first, limit=TITLE_LENGTH)


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


def _why(error: Exception) -> str:
    return f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)
