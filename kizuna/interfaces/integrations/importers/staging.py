"""Records on disk between reading and writing: once each, authors known, topics by time, posts under their topics by time.

A temporary SQLite file beside the community's data, so that an import of any size needs little memory.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kizuna.interfaces.integrations.importers.records import (
    ARTICLES,
    AUTHORS,
    POSTS,
    TOPICS,
    Author,
    Note,
    Post,
    Question,
    Record,
    Report,
    Skipped,
    Topic,
)
from kizuna.interfaces.integrations.importers.values import clean

MAX_KEY = 80
CACHE_KILOBYTES = 32_768
_TABLES = """
CREATE TABLE author (key TEXT PRIMARY KEY, name TEXT, handle TEXT, email TEXT, company TEXT, joined_at REAL, member_id INTEGER)
    WITHOUT ROWID;
CREATE TABLE topic (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, author_key TEXT, at REAL, place TEXT, accepted_key TEXT, rest TEXT);
CREATE TABLE post (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, topic_key TEXT, reply_to_key TEXT, author_key TEXT, at REAL,
    place TEXT, is_accepted INTEGER, rest TEXT);
CREATE TABLE question (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, place TEXT, rest TEXT);
CREATE TABLE remark (seq INTEGER PRIMARY KEY, place TEXT, kind TEXT, reason TEXT);
"""
_RESOLVE = """
UPDATE post SET topic_key = coalesce(
    (SELECT key FROM topic WHERE topic.key = post.reply_to_key),
    (SELECT parent.topic_key FROM post AS parent WHERE parent.key = post.reply_to_key), '') WHERE topic_key = '';
"""
_JOINED = """
WITH first (key, at) AS (SELECT author_key, min(at) FROM (SELECT author_key, at FROM topic UNION ALL SELECT author_key, at FROM post)
    GROUP BY author_key)
UPDATE author SET joined_at = min(coalesce(author.joined_at, first.at), first.at) FROM first WHERE first.key = author.key;
"""
_POSTS = """
SELECT post.key, post.topic_key, post.reply_to_key, member_id, post.at, post.place,
    post.is_accepted OR coalesce(topic.accepted_key = post.key, 0), post.rest
FROM post JOIN author ON author.key = post.author_key LEFT JOIN topic ON topic.key = post.topic_key
ORDER BY topic.at IS NULL, topic.at, topic.seq, post.topic_key, post.at, post.seq
"""
_TOPICS = """
SELECT topic.key, member_id, at, place, rest FROM topic JOIN author ON author.key = author_key ORDER BY at, seq
"""


class Staging:
    """What was read so far. Rows that cannot be taken are counted in the report and listed with their places."""

    def __init__(self, file: Path, *, report: Report, now: datetime) -> None:
        self.report, self.now = report, now
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE_KILOBYTES};"
        )
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    def take(self, records: Iterable[Record]) -> None:
        """Keep all records, then work out what only the whole tells: the topics of comments, when authors came."""
        self._database.execute("BEGIN")
        adders = {Author: self._add_author, Topic: self._add_topic, Post: self._add_post, Question: self._add_question}
        for record in records:
            if isinstance(record, Skipped):
                self.report.count("read", record.kind)
                self.skip(record)
            elif isinstance(record, Note):
                self.note(record.place, record.text)
            else:
                adders[type(record)](record)
        self._database.execute(_RESOLVE)
        self._database.execute(_JOINED)
        self._database.execute("COMMIT")
        self.report.count("read", AUTHORS, self._count("author"))

    def skip(self, row: Skipped) -> None:
        self.report.count_skipped(row.kind, row.reason)
        self._remark(row.place, row.kind, row.reason)

    def note(self, place: str, text: str) -> None:
        self.report.notes[text] = self.report.notes.get(text, 0) + 1
        self._remark(place, "note", text)

    def authors(self) -> Iterator[Author]:
        """Yield the authors in the order in which they came."""
        for row in self._rows(
            "SELECT key, name, handle, email, company, joined_at FROM author ORDER BY joined_at, key"
        ):
            yield Author(*row[:5], joined_at=_time(row[5]) if row[5] is not None else None)

    def know_members(self, member_ids: dict[str, int]) -> None:
        """Keep which member each author is."""
        self._database.executemany(
            "UPDATE author SET member_id = ? WHERE key = ?", [(member_id, key) for key, member_id in member_ids.items()]
        )

    def topics(self) -> Iterator[dict[str, Any]]:
        """Yield topics, the oldest first."""
        for key, member_id, at, place, rest in self._rows(_TOPICS):
            yield {"key": key, "author_id": member_id, "created_at": _time(at), "place": place, **json.loads(rest)}

    def posts(self) -> Iterator[dict[str, Any]]:
        """Yield posts, topic after topic, by time."""
        for key, topic_key, reply_to_key, member_id, at, place, is_accepted, rest in self._rows(_POSTS):
            yield {
                "key": key,
                "topic_key": topic_key,
                "reply_to_key": reply_to_key,
                "author_id": member_id,
                "created_at": _time(at),
                "place": place,
                "is_accepted": bool(is_accepted),
                **json.loads(rest),
            }

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yield frequent questions in the order of the file."""
        for key, place, rest in self._rows("SELECT key, place, rest FROM question ORDER BY seq"):
            yield {"key": key, "place": place, **json.loads(rest)}

    def remarks(self) -> Iterator[tuple[str, str, str]]:
        """Yield (place, kind, reason) of every row that was skipped or changed, in the order of reading."""
        yield from self._rows("SELECT place, kind, reason FROM remark ORDER BY seq")

    def _rows(self, query: str) -> Iterator[tuple]:
        with closing(self._database.execute(query)) as cursor:
            while rows := cursor.fetchmany(500):
                yield from rows

    def _count(self, table: str) -> int:
        return self._database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (our own names)

    def _remark(self, place: str, kind: str, reason: str) -> None:
        self._database.execute(
            "INSERT INTO remark (place, kind, reason) VALUES (?, ?, ?)", (clean(place), kind, clean(reason))
        )

    def _add_author(self, author: Author) -> None:
        key = _key(author.key)
        joined_at = min(author.joined_at, self.now).timestamp() if author.joined_at else None
        self._database.execute(
            "INSERT INTO author (key, name, handle, email, company, joined_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING",
            (key, clean(author.name), clean(author.handle), clean(author.email), clean(author.company), joined_at),
        )

    def _add_topic(self, topic: Topic) -> None:
        if not self._begin(topic, TOPICS):
            return
        topic = replace(topic, title=clean(topic.title), body=clean(topic.body), created_at=self._past(topic))
        rest = {
            "title": topic.title,
            "body": topic.body,
            "tags": [clean(tag) for tag in topic.tags],
            "view_count": topic.view_count,
            "vote_count": topic.vote_count,
            "is_doubted": topic.is_doubted,
            "is_closed": topic.is_closed,
            "closed_at": topic.closed_at.isoformat() if topic.closed_at else None,
            "lang": topic.lang,
        }
        self._insert(
            "topic",
            TOPICS,
            topic.place,
            key=clean(topic.key),
            author_key=_key(topic.author_key),
            at=topic.created_at.timestamp(),
            place=clean(topic.place),
            accepted_key=clean(topic.accepted_key),
            rest=json.dumps(rest),
        )

    def _add_post(self, post: Post) -> None:
        if not self._begin(post, POSTS):
            return
        self._insert(
            "post",
            POSTS,
            post.place,
            key=clean(post.key),
            topic_key=clean(post.topic_key),
            reply_to_key=clean(post.reply_to_key),
            author_key=_key(post.author_key),
            at=self._past(post).timestamp(),
            place=clean(post.place),
            is_accepted=post.is_accepted,
            rest=json.dumps({"body": clean(post.body), "vote_count": post.vote_count}),
        )

    def _add_question(self, question: Question) -> None:
        self.report.count("read", ARTICLES)
        if not _is_key(question.key):
            self.skip(Skipped(question.place, f"an id of more than {MAX_KEY} characters", kind=ARTICLES))
            return
        rest = {
            "title": clean(question.question),
            "body": clean(question.answer),
            "category": clean(question.category),
            "tags": [clean(tag) for tag in question.tags],
        }
        place = clean(question.place)
        self._insert("question", ARTICLES, place, key=clean(question.key), place=place, rest=json.dumps(rest))

    def _begin(self, record: Topic | Post, kind: str) -> bool:
        self.report.count("read", kind)
        if not record.key.strip():
            self.skip(Skipped(record.place, "no id", kind=kind))
            return False
        if not _is_key(record.key):
            self.skip(Skipped(record.place, f"an id of more than {MAX_KEY} characters", kind=kind))
            return False
        key = _key(record.author_key)
        self._database.execute(
            "INSERT INTO author (key, name, handle, email, company) VALUES (?, ?, '', '', '') ON CONFLICT (key) DO NOTHING",
            (key, key),
        )
        return True

    def _insert(self, table: str, kind: str, where: str, **values: Any) -> None:
        marks = ", ".join("?" for _ in values)
        done = self._database.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) ON CONFLICT (key) DO NOTHING",  # noqa: S608
            tuple(values.values()),
        )
        if not done.rowcount:
            self.skip(Skipped(where, "the same id a second time", kind=kind))

    def _past(self, record: Topic | Post) -> datetime:
        if record.created_at <= self.now:
            return record.created_at
        self.note(record.place, "a time in the future, taken as today")
        return self.now


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _is_key(key: str) -> bool:
    return len(key) <= MAX_KEY


def _key(author_key: str) -> str:
    """Return the key of an author. Long ones are cut: they are names, and two that long are one person."""
    return clean(author_key)[:MAX_KEY] or "unknown"
