"""Discourse topics as JSON (what `/t/ID.json` answers): one topic a file, a list of them, or one a line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import documents, sources
from kizuna.interfaces.integrations.importers.records import POSTS, TOPICS, Author, Post, Record, Skipped, Topic
from kizuna.interfaces.integrations.importers.values import moment, number

LIKE = 2  # Discourse's number of the action "like"
REGULAR = 1  # Discourse's post type of what people write; others are moves, closings, whispers
BROKEN = (KeyError, TypeError, ValueError, AttributeError)


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts."""
    for source in sources.files(paths, suffixes=(".json", ".jsonl")):
        if isinstance(source, Skipped):
            yield source
            continue
        for item in documents.items(source, kind=TOPICS):
            if isinstance(item, Skipped):
                yield item
                continue
            place, topic = item
            yield from _records(place, topic)


def _records(place: str, topic: dict[str, Any]) -> Iterator[Record]:
    try:
        found = list(topic["post_stream"]["posts"])
    except BROKEN:
        yield Skipped(place, "not a Discourse topic (no posts in a post_stream)", kind=TOPICS)
        return
    posts = sorted(filter(_is_post, found), key=lambda post: post["post_number"])
    yield from (Skipped(place, "not a Discourse post", kind=POSTS) for post in found if not _is_post(post))
    if (posts and _is_taken_away(posts[0])) or topic.get("deleted_at"):
        yield Skipped(place, "hidden or deleted at the source", kind=TOPICS)
        return
    try:
        made = _topic(place, topic, posts)
    except BROKEN as error:
        yield Skipped(place, f"not a Discourse topic ({_why(error)})", kind=TOPICS)
        return
    first, *rest = posts
    yield _author(first)
    yield made
    by_number = {post["post_number"]: str(post["id"]) for post in rest if "id" in post}
    for post in rest:
        post_place = f"{place} post {post['post_number']}"
        try:
            yield from _reply(post_place, post, made.key, by_number)
        except BROKEN as error:
            yield Skipped(post_place, f"not a Discourse post ({_why(error)})", kind=POSTS)
    yield from _missing(place, topic, posts)


def _is_post(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("post_number"), int)


def _is_taken_away(post: dict[str, Any]) -> bool:
    return bool(post.get("hidden") or post.get("deleted_at") or post.get("user_deleted"))


def _missing(place: str, topic: dict[str, Any], posts: list[dict[str, Any]]) -> Iterator[Record]:
    """Discourse sends 20 posts a page and only the ids of the others: say which were not in the file."""
    present = {str(post.get("id")) for post in posts}
    for post_id in _list(topic["post_stream"].get("stream")):
        if str(post_id) not in present:
            yield Skipped(f"{place} post id {post_id}", "only the number of this post is in the file", kind=POSTS)


def _topic(place: str, topic: dict[str, Any], posts: list[dict[str, Any]]) -> Topic:
    if not posts:
        raise ValueError("without posts")
    first = posts[0]
    is_closed = bool(topic.get("closed") or topic.get("archived"))
    return Topic(
        key=str(topic["id"]),
        title=str(topic["title"]).strip(),
        body=_body(first),
        author_key=_author(first).key,
        created_at=moment(first["created_at"]),
        place=place,
        tags=tuple(str(tag.get("name", "") if isinstance(tag, dict) else tag) for tag in _list(topic.get("tags"))),
        view_count=number(topic.get("views")),
        vote_count=_likes(first),
        accepted_key=_accepted(topic, posts),
        is_closed=is_closed,
        closed_at=_latest(posts) if is_closed else None,
    )


def _latest(posts: list[dict[str, Any]]) -> datetime | None:
    """Return the time of the last post, which is the nearest thing to the time of closing that the file tells."""
    try:
        return moment(posts[-1].get("created_at"))
    except ValueError:
        return None


def _reply(place: str, post: dict[str, Any], topic_key: str, by_number: dict[int, str]) -> Iterator[Record]:
    if post.get("post_type", REGULAR) != REGULAR:
        yield Skipped(place, "a notice of the system, not a post", kind=POSTS)
        return
    if _is_taken_away(post):
        yield Skipped(place, "hidden or deleted at the source", kind=POSTS)
        return
    made = Post(
        key=str(post["id"]),
        topic_key=topic_key,
        body=_body(post),
        author_key=_author(post).key,
        created_at=moment(post["created_at"]),
        place=place,
        vote_count=_likes(post),
        is_accepted=bool(post.get("accepted_answer")),
        reply_to_key=by_number.get(post.get("reply_to_post_number") or 0, ""),
    )
    yield _author(post)
    yield made


def _author(post: dict[str, Any]) -> Author:
    username = str(post.get("username") or "unknown")
    return Author(key=username, name=str(post.get("name") or username), handle=username)


def _body(post: dict[str, Any]) -> str:
    return str(post["raw"]) if post.get("raw") else to_markdown(str(post.get("cooked") or ""))


def _likes(post: dict[str, Any]) -> int:
    summary = [row for row in _list(post.get("actions_summary")) if isinstance(row, dict)]
    counted = sum(number(row.get("count")) for row in summary if row.get("id") == LIKE)
    return counted or number(post.get("like_count"))


def _accepted(topic: dict[str, Any], posts: list[dict[str, Any]]) -> str:
    answer = topic.get("accepted_answer") or {}
    wanted = answer.get("post_number") if isinstance(answer, dict) else None
    return next((str(post["id"]) for post in posts if post["post_number"] == wanted), "")


def _list(found: Any) -> list[Any]:
    """Return a list that may be none: what surrounds a text costs nobody the text."""
    return found if isinstance(found, list) else []


def _why(error: Exception) -> str:
    return f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)
