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
PRIVATE = frozenset(
    {"groups", "dms", "mpims"}
)  # the lists of an export that name its folders which few were meant to read
CLOSED = "of a private channel or a direct message; name its folder to bring it in"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BRACKET = re.compile(r"<([^<>\n]{1,2000})>")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]{1,500})\*(?![\w*])")
STRUCK = re.compile(r"(?<![\w~])~([^~\n]{1,500})~(?![\w~])")
Message = dict[str, Any]


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts. What few were meant to read is left out, unless its own folder was named."""
    names, closed = _lists(paths)
    for path in paths:
        yield from _read(path, names, closed)


def _read(path: str, names: dict[str, str], closed: set[str]) -> Iterator[Record]:
    for source in sources.files([path], suffixes=(".jsonl", ".json")):
        if isinstance(source, Skipped):
            yield source
            continue
        if _file_name(source) in LISTS:
            continue
        channel = _channel(source, path)
        for item in documents.items(source, kind=POSTS):
            if isinstance(item, Skipped):
                yield item
                continue
            place, message = item
            if _folder(source) in closed:
                yield Skipped(place, CLOSED, kind=POSTS)
                continue
            try:
                yield from _records(place, str(message.get("channel") or channel), message, names)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                yield Skipped(place, f"not a Slack message ({_why(error)})", kind=POSTS)


def _lists(paths: list[str]) -> tuple[dict[str, str], set[str]]:
    """Return {user id: name} and the folders of private talk, where the export has lists of them."""
    names: dict[str, str] = {}
    closed: set[str] = set()
    folders = [path for path in paths if Path(path).is_dir()]
    for source in sources.files(folders, suffixes=(".jsonl", ".json")) if folders else ():
        if isinstance(source, Skipped) or _file_name(source) not in PRIVATE | {"users"}:
            continue
        is_private = _file_name(source) in PRIVATE
        for item in documents.items(source, kind=AUTHORS):
            if isinstance(item, Skipped):
                continue
            _place, entry = item
            if is_private:
                closed.update(str(entry[field]) for field in ("id", "name") if entry.get(field))
            else:
                names[str(entry.get("id"))] = str(entry.get("real_name") or entry.get("name") or entry.get("id"))
    return names, closed


def _folder(source: Source) -> str:
    return source.name.rpartition("/")[0].rpartition("/")[2]


def _file_name(source: Source) -> str:
    return source.name.rpartition("/")[2].partition(".")[0]


def _channel(source: Source, path: str) -> str:
    """Return the channel of a message that does not say it: the folder it lies in, or its file."""
    name = _folder(source) or _file_name(source)
    # The folder of one channel was named: its files are days, and a thread goes on from one to the next.
    return Path(path).resolve().name if DAY.fullmatch(name) and Path(path).is_dir() else name


def _records(place: str, channel: str, message: Message, names: dict[str, str]) -> Iterator[Record]:
    if message.get("subtype") in LEFT_OUT:
        yield Skipped(place, "a notice of Slack, not a message", kind=POSTS)
        return
    ts, text = str(message["ts"]), markdown(str(message.get("text") or ""), names)
    if not text.strip():
        yield Skipped(place, "a message without text", kind=POSTS)
        return
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
