"""The statements of a reply, written by hand: the one write that every busy community lives on.

Common to SQLite and PostgreSQL, parameters only. Each says in one statement what would be a read and a write, so that two
people at once cannot come between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kizuna.base.rows import read_rows
from kizuna.engagement.discussions.models import State, Topic

NORMAL = Topic.Urgency.NORMAL.value


@dataclass(frozen=True)
class Advanced:
    """A topic right after a number was given on it."""

    number: int
    audience_id: int
    container_audience_id: int
    is_first: bool


RECENT_POSTS = "SELECT COUNT(*) FROM discussions_post WHERE author_id = %s AND created_at > %s AND created_at <= %s"


def recent_posts(*, author_id: int, within: timedelta, now: datetime) -> int:
    """Count a member's posts of the last moments."""
    return _one(RECENT_POSTS, [author_id, _at(now - within), _at(now)])[0]


# One statement gives the number, checks that the topic still takes replies, and keeps the counters and dates of lists.
# Where a first reply by somebody else comes to a normal question, members were first and staff need not be told.
ADVANCE = """
UPDATE discussions_topic SET
  last_number = last_number + 1, post_count = post_count + 1,
  bumped_at = CASE WHEN bumped_at < %(now)s THEN %(now)s ELSE bumped_at END,
  last_post_author_id = %(author)s, row_version = %(stale)s,
  first_reply_at = CASE WHEN author_id = %(author)s THEN first_reply_at ELSE COALESCE(first_reply_at, %(now)s) END,
  first_staff_reply_at = CASE WHEN author_id = %(author)s OR %(member)s THEN first_staff_reply_at
    ELSE COALESCE(first_staff_reply_at, %(now)s) END,
  staff_at = CASE WHEN author_id = %(author)s OR first_reply_at IS NOT NULL OR urgency <> %(normal)s THEN staff_at END
WHERE id = %(topic)s AND state = %(visible)s AND (NOT is_closed OR %(moderator)s)
RETURNING last_number, audience_id, container_audience_id, author_id <> %(author)s AND first_reply_at = %(now)s"""
# A held reply has a number and nothing else that anybody sees.
RESERVE = """
UPDATE discussions_topic SET last_number = last_number + 1
WHERE id = %(topic)s AND state = %(visible)s AND (NOT is_closed OR %(moderator)s)
RETURNING last_number, audience_id, container_audience_id"""


def advance(
    *, topic: Topic, author_id: int, is_staff: bool, is_moderator: bool, is_held: bool, stale: str, now: datetime
) -> Advanced | None:
    """Give a reply its number, or return None when the topic takes replies no more."""
    wanted = {"topic": topic.pk, "visible": State.VISIBLE.value, "moderator": is_moderator}
    if is_held:
        row = _one(RESERVE, wanted)
        return Advanced(*row[:3], is_first=False) if row else None
    arriving = {"author": author_id, "member": not is_staff, "stale": stale, "now": _at(now), "normal": NORMAL}
    row = _one(ADVANCE, wanted | arriving)
    # A reply of the same instant would say so, too; the topic as it was loaded knows better.
    return Advanced(*row[:3], is_first=bool(row[3]) and topic.first_reply_at is None) if row else None


FOLLOW = """
INSERT INTO discussions_follow (topic_id, member_id, is_muted, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (topic_id, member_id) DO NOTHING RETURNING id"""
COUNT_FOLLOWER = "UPDATE discussions_topic SET follower_count = follower_count + 1 WHERE id = %s"


def follow(*, member_id: int, topic_id: int, now: datetime) -> None:
    """Follow on behalf of somebody who wrote, unless they follow or muted it already."""
    if _one(FOLLOW, [topic_id, member_id, False, _at(now)]) is not None:
        _run(COUNT_FOLLOWER, [topic_id])


NOTE_READ = """
INSERT INTO discussions_topicread (member_id, topic_id, last_read_number, read_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (member_id, topic_id) DO UPDATE SET last_read_number = excluded.last_read_number, read_at = excluded.read_at"""


def note_read(*, member_id: int, topic_id: int, number: int, now: datetime) -> None:
    """Write down that a member has seen a topic up to post `number`, whatever was known before."""
    _run(NOTE_READ, [member_id, topic_id, number, _at(now)])


STEP_OVER = """
UPDATE discussions_topicread SET last_read_number = %s WHERE topic_id = %s AND last_read_number = %s"""


def step_over(*, topic_id: int, number: int) -> None:
    """Let those who had read up to a post that is not seen be past it, so that nothing unread is left for them."""
    _run(STEP_OVER, [number, topic_id, number - 1])


DROP_DRAFT = "DELETE FROM discussions_draft WHERE member_id = %s AND context = %s"


def drop_draft(*, member_id: int, context: str) -> None:
    """Delete what a member began to write in one place."""
    _run(DROP_DRAFT, [member_id, context])


def _one(statement: str, parameters: Any) -> Any:
    rows = read_rows(statement, parameters)
    return rows[0] if rows else None


def _run(statement: str, parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
