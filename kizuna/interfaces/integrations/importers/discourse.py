"""Discourse topics as JSON (what `/t/ID.json` answers): one topic a file, a list of them, or one a line."""

import json
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import Author, Post, Record, Skipped, Topic

LIKE = 2  # Discourse's number of the action "like"
REGULAR = 1  # Discourse's post type of what people write; others are moves, closings, whispers


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts."""
    for name, source in sources.files(paths, suffixes=(".json", ".jsonl")):
        for place, topic in _topics(name, source):
            if isinstance(topic, Skipped):
                yield topic
                continue
            try:
                yield from _records(place, topic)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                yield Skipped(place, f"not a Discourse topic ({type(error).__name__}: {error})")


def _topics(name: str, source: BufferedReader) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    content = sources.text(source).read()
    try:
        found = json.loads(content)
    except ValueError:
        for line_number, line in enumerate(content.splitlines(), start=1):
            if line.strip():
                yield f"{name}:{line_number}", _parsed(line, f"{name}:{line_number}")
        return
    for position, topic in enumerate(found if isinstance(found, list) else [found], start=1):
        place = f"{name}#{position}"
        yield place, topic if isinstance(topic, dict) else Skipped(place, "not an object")


def _parsed(line: str, place: str) -> dict[str, Any] | Skipped:
    try:
        found = json.loads(line)
    except ValueError as error:
        return Skipped(place, f"not JSON ({error})")
    return found if isinstance(found, dict) else Skipped(place, "not an object")


def _records(place: str, topic: dict[str, Any]) -> Iterator[Record]:
    posts = sorted(topic["post_stream"]["posts"], key=lambda post: post["post_number"])
    if not posts:
        yield Skipped(place, "a topic without posts")
        return
    first, *rest = posts
    key = str(topic["id"])
    yield _author(first)
    yield Topic(
        key=key,
        title=topic["title"].strip() or "(no title)",
        body=_body(first),
        author_key=_author(first).key,
        created_at=sources.moment(first["created_at"]),
        place=place,
        tags=tuple(tag["name"] if isinstance(tag, dict) else str(tag) for tag in topic.get("tags") or ())[:10],
        view_count=sources.number(topic.get("views")),
        vote_count=_likes(first),
        accepted_key=_accepted(topic, posts),
        is_closed=bool(topic.get("closed") or topic.get("archived")),
    )
    by_number = {post["post_number"]: str(post["id"]) for post in rest}
    for post in rest:
        yield from _reply(f"{place}/{post['post_number']}", post, key, by_number)


def _reply(place: str, post: dict[str, Any], topic_key: str, by_number: dict[int, str]) -> Iterator[Record]:
    if post.get("post_type", REGULAR) != REGULAR:
        yield Skipped(place, "a notice of the system, not a post")
        return
    if post.get("hidden") or post.get("deleted_at") or post.get("user_deleted"):
        yield Skipped(place, "hidden or deleted at the source")
        return
    yield _author(post)
    yield Post(
        key=str(post["id"]),
        topic_key=topic_key,
        body=_body(post),
        author_key=_author(post).key,
        created_at=sources.moment(post["created_at"]),
        place=place,
        vote_count=_likes(post),
        is_accepted=bool(post.get("accepted_answer")),
        reply_to_key=by_number.get(post.get("reply_to_post_number") or 0, ""),
    )


def _author(post: dict[str, Any]) -> Author:
    username = str(post.get("username") or "unknown")
    return Author(key=username, name=str(post.get("name") or username), handle=username)


def _body(post: dict[str, Any]) -> str:
    return str(post["raw"]) if post.get("raw") else to_markdown(str(post.get("cooked") or ""))


def _likes(post: dict[str, Any]) -> int:
    summary = post.get("actions_summary") or ()
    counted = sum(sources.number(row.get("count")) for row in summary if row.get("id") == LIKE)
    return counted or sources.number(post.get("like_count"))


def _accepted(topic: dict[str, Any], posts: list[dict[str, Any]]) -> str:
    answer = topic.get("accepted_answer") or {}
    number = answer.get("post_number") if isinstance(answer, dict) else None
    return next((str(post["id"]) for post in posts if post["post_number"] == number), "")
