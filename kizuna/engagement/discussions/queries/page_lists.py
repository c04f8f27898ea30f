"""Hot reads of topic lists: one hand-written query each, keyset paging, the viewer's audiences inside."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from kizuna.base.rows import one_of, read_rows
from kizuna.base.text import japanese
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, Tag
from kizuna.engagement.discussions.queries.pages import (
    SpaceRow,
    aware,
    language_of,
    marks,
    space_by_id,
    topic_gate_sql,
)

PAGE = 30
MAX_TAG = 60
MAX_KEY = 120  # of a place in a list, as long as the longest one we give
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What a list may be narrowed to. Each is a condition and how many times it takes the member's id.
FILTERS = {
    "": ("", 0),
    "unsolved": ("t.accepted_post_id IS NULL AND NOT t.is_closed", 0),
    "solved": ("t.accepted_post_id IS NOT NULL", 0),
    "unanswered": ("t.first_reply_at IS NULL AND NOT t.is_closed", 0),
    "mine": (
        "t.id IN (SELECT tt.topic_id FROM discussions_topictag tt JOIN discussions_membertag mt ON mt.tag_id = tt.tag_id"
        " WHERE mt.member_id = %s AND mt.answer_count > 0)",
        1,
    ),
    "following": (
        "t.id IN (SELECT f.topic_id FROM discussions_follow f WHERE f.member_id = %s AND NOT f.is_muted)",
        1,
    ),
    "voted": ("t.id IN (SELECT v.topic_id FROM discussions_ideavote v WHERE v.member_id = %s)", 1),
    "needed": (
        "t.accepted_post_id IS NULL AND NOT t.is_closed AND t.author_id <> %s"
        " AND t.id IN (SELECT tt.topic_id FROM discussions_topictag tt JOIN discussions_membertag mt"
        " ON mt.tag_id = tt.tag_id WHERE mt.member_id = %s AND mt.answer_count > 0)"
        " AND NOT EXISTS (SELECT 1 FROM discussions_post own WHERE own.topic_id = t.id AND own.author_id = %s)",
        3,
    ),
}
FOR_MEMBERS = {"mine", "following", "voted", "needed"}
SORTS = {"active": "t.bumped_at", "new": "t.created_at", "votes": "t.vote_count"}


class ListRow(NamedTuple):
    """A topic as its stored row and what the viewer's part is made from."""

    id: int
    space_id: int
    author_id: int
    state: str
    fragment: str
    row_version: str
    card_version: int
    last_card_version: int | None
    created_at: Any  # a time as the database gives it, comparable with its like; `aware` makes it one of ours
    bumped_at: Any
    last_number: int
    post_count: int
    view_count: int
    vote_count: int
    is_pinned: bool
    is_closed: bool
    accepted_post_id: int | None
    idea_status: str
    title: str
    last_read: int | None
    read_until: Any
    has_voted: bool
    space: SpaceRow

    @property
    def is_unread(self) -> bool:
        """Tell whether there is something this member has not seen."""
        if self.last_read is not None:
            return self.last_read < self.last_number and not self._is_before_mark
        return self.read_until is not None and not self._is_before_mark

    @property
    def _is_before_mark(self) -> bool:
        return self.read_until is not None and self.bumped_at <= self.read_until


@dataclass(frozen=True)
class Page:
    """Rows in order and the key of the next page, empty at the end."""

    rows: list[ListRow]
    next_key: str


LIST = """
SELECT t.id, t.space_id, t.author_id, t.state, t.row_{language}, t.row_version, m.card_version, l.card_version,
  t.created_at, t.bumped_at, t.last_number, t.post_count, t.view_count, t.vote_count, t.is_pinned, t.is_closed,
  t.accepted_post_id, t.idea_status, t.title{mine}
FROM discussions_topic t
JOIN members_member m ON m.id = t.author_id
LEFT JOIN members_member l ON l.id = t.last_post_author_id
{joins}WHERE {conditions}
ORDER BY {order}
LIMIT %s"""
NOBODY = ", NULL, NULL, NULL"
MINE = """, r.last_read_number,
  (SELECT rm.read_until FROM discussions_readmark rm WHERE rm.member_id = %s), v.id"""
MY_JOINS = """LEFT JOIN discussions_topicread r ON r.topic_id = t.id AND r.member_id = %s
LEFT JOIN discussions_ideavote v ON v.topic_id = t.id AND v.member_id = %s
"""


def topics(
    viewer: Viewer,
    *,
    spaces: Sequence[SpaceRow],
    narrow: str = "",
    sort: str = "active",
    status: str = "",
    tag_id: int | None = None,
    pinned_first: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Return one page of the topics of these spaces that the viewer may see. A bad `after` starts at the top."""
    gate, gate_params = topic_gate_sql(viewer)
    if not spaces:
        return Page([], "")
    in_spaces, space_ids = one_of("t.space_id", [space.id for space in spaces])
    conditions = [in_spaces, gate]
    params: list[Any] = [*space_ids, *gate_params]
    narrowing, times = FILTERS[narrow]
    if narrowing:
        conditions.append(narrowing)
        params += [viewer.member_id] * times
    if status:
        conditions.append("t.idea_status = %s")
        params.append(status)
    if tag_id is not None:
        conditions.append("t.id IN (SELECT tt.topic_id FROM discussions_topictag tt WHERE tt.tag_id = %s)")
        params.append(tag_id)
    column = SORTS[sort]
    keys = (["t.is_pinned"] if pinned_first else []) + [column, "t.id"]
    if place := _place(after, sort=sort, length=len(keys)):
        conditions.append(f"({', '.join(keys)}) < ({marks(keys)})")
        params += place
    # All topics of one space lie in an index by their order; of several, or of those that fit a filter, there may be few.
    is_plain = len(spaces) == 1 and not (narrowing or status or tag_id is not None)
    order = ", ".join(f"{key} DESC" for key in keys)
    rows = _fetch(viewer, conditions, params, order=order, limit=limit + 1, is_planned_anew=not is_plain)
    shown = rows[:limit]
    return Page(shown, _key(shown[-1], sort=sort, pinned_first=pinned_first) if len(rows) > limit else "")


def _fetch(
    viewer: Viewer, conditions: list[str], params: list[Any], *, order: str, limit: int, is_planned_anew: bool
) -> list[ListRow]:
    me = [viewer.member_id] if viewer.is_member else []
    sql = LIST.format(
        language=language_of(viewer),
        mine=MINE if me else NOBODY,
        joins=MY_JOINS if me else "",
        conditions=" AND ".join(f"({condition})" for condition in conditions),
        order=order,
    )
    rows = read_rows(sql, [*me * 3, *params, limit], is_planned_anew=is_planned_anew)
    known = {space_id: space_by_id(space_id) for space_id in {row[1] for row in rows}}
    return [ListRow(*row[:21], row[21] is not None, known[row[1]]) for row in rows]


def _key(row: ListRow, *, sort: str, pinned_first: bool) -> str:
    value = {"active": row.bumped_at, "new": row.created_at, "votes": row.vote_count}[sort]
    number = value if isinstance(value, int) else (aware(value) - EPOCH) // timedelta(microseconds=1)
    place = ([int(row.is_pinned)] if pinned_first else []) + [number, row.id]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def _place(after: str, *, sort: str, length: int) -> list[Any]:
    """Return the values that `after` stands for, or nothing when it is not a key of such a list."""
    if len(after) > MAX_KEY:
        return []
    try:
        place = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if len(place) != length or not all(isinstance(part, int) and abs(part) < 10**18 for part in place):
            return []
        values: list[Any] = [bool(part) for part in place[:-2]]
        value: Any = place[-2]
        if sort != "votes":
            value = connection.ops.adapt_datetimefield_value(EPOCH + timedelta(microseconds=value))
        return [*values, value, place[-1]]
    except (ValueError, TypeError, OverflowError):
        return []


def topic_counts() -> dict[int, int]:
    """Return the kept number of topics of each space by id."""
    return dict(Space.objects.values_list("id", "topic_count"))


def tag_named(name: str) -> Tag | None:
    """Return the tag that this spelling means."""
    return Tag.objects.filter(key=japanese.fold(name).strip()).first() if len(name) <= MAX_TAG else None
