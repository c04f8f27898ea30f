"""Read the files of the sample community (formats: demo/misebako/README.md)."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
REPLY = re.compile(r"^=== ([a-z0-9_]{2,30}) \+([0-9]+)\s*$", re.MULTILINE)
DOCUMENT = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)


class BadContent(ValueError):
    """A file under demo/ does not have the form it should have."""


@dataclass(frozen=True)
class SamplePost:
    author: str
    at: datetime
    body: str


@dataclass(frozen=True)
class SampleTopic:
    """A topic with its posts; `meta` is the rest of the front matter."""

    number: int
    at: datetime
    posts: tuple[SamplePost, ...]
    meta: dict[str, Any]


@dataclass(frozen=True)
class SampleArticle:
    meta: dict[str, Any]
    body: str


def table(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def topics(folder: Path, *, now: datetime) -> list[SampleTopic]:
    """Return the topics, oldest first. Times count back from `now` and never lie after it."""
    found = [_topic(file, now) for file in sorted((folder / "topics").glob("*.md"))]
    return sorted(found, key=lambda topic: topic.at)


def articles(folder: Path) -> list[SampleArticle]:
    return [SampleArticle(*_document(file)) for file in sorted((folder / "articles").glob("*.md"))]


def day_back(days: int, *, now: datetime, clock: str = "09:00") -> datetime:
    """Return the moment `days` ago at a clock time of Tokyo, but never after `now`."""
    hour, minute = map(int, clock.split(":"))
    local = now.astimezone(TOKYO) - timedelta(days=days)
    return min(local.replace(hour=hour, minute=minute, second=0, microsecond=0), now - timedelta(minutes=3))


def _topic(file: Path, now: datetime) -> SampleTopic:
    meta, text = _document(file)
    at = day_back(meta["days_ago"], now=now, clock=meta["time"])
    first, *rest = REPLY.split(text)
    posts = [SamplePost(meta["author"], at, first.strip())]
    for author, minutes, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        posts.append(
            SamplePost(author, min(at + timedelta(minutes=int(minutes)), now - timedelta(minutes=1)), body.strip())
        )
    return SampleTopic(int(file.name.partition("-")[0]), at, tuple(posts), meta)


def _document(file: Path) -> tuple[dict[str, Any], str]:
    match = DOCUMENT.match(file.read_text(encoding="utf-8"))
    if match is None:
        raise BadContent(f"{file.name} does not begin with front matter between +++ lines.")
    return tomllib.loads(match.group(1)), match.group(2).strip()
