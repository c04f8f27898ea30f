"""Put a part of a thread together: opening post, accepted answer, answers with their remarks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from kizuna.core.members.policies import can_act
from kizuna.engagement.discussions.queries.pages import PART, PostRow, TopicRow
from kizuna.engagement.discussions.rendering import posts, slots
from kizuna.engagement.discussions.rendering.controls import Controls

ORDERS = ("helpful", "new", "old")
EMPTY = slots.trusted("")


@dataclass
class Part:
    """The drawn pieces that the template puts into cards."""

    opening: SafeString = EMPTY
    opening_reactions: SafeString = EMPTY
    opening_bookmark: SafeString = EMPTY
    accepted: SafeString = EMPTY
    rest: SafeString = EMPTY
    rest_count: int = 0
    next_after: int | None = None


def put_together(rows: Sequence[PostRow], controls: Controls, *, after: int, order: str) -> Part:
    """Return the part's pieces, each filled with what the viewer may press."""
    topic, viewer = controls.topic, controls.viewer
    fragments = posts.fragments(rows, language=viewer.language, time_zone=viewer.time_zone)
    html = {row.id: slots.fill(fragments[row.id], controls.slots(row)) for row in rows if row.id in fragments}
    rows = [row for row in rows if row.id in html]
    remarks = _remarks(rows)
    placed = {remark.id for group in remarks.values() for remark in group}
    part = Part(next_after=after + PART if topic.last_number > after + PART else None)
    top = []
    for row in rows:
        if row.number == 1:
            part.opening = slots.trusted(html[row.id])
            part.opening_reactions = slots.trusted(controls.reactions(row))
            part.opening_bookmark = slots.trusted(controls.bookmark(row)) if can_act(viewer) else EMPTY
        elif row.id == topic.accepted_post_id:
            if after == 0:
                part.accepted = slots.trusted(_body(row, html, remarks, controls))
        elif row.id not in placed:
            top.append(row)
    part.rest_count = len(top)
    part.rest = slots.trusted("".join(_answer(row, html, remarks, controls) for row in _ordered(top, topic, order)))
    return part


def _remarks(rows: Sequence[PostRow]) -> dict[int, list[PostRow]]:
    """Group remarks under the answer they belong to; a remark on a remark belongs to the same answer."""
    roots: dict[int, int] = {}
    grouped: dict[int, list[PostRow]] = {row.id: [] for row in rows if not row.is_reply}
    for row in rows:
        if row.is_reply and row.parent_id is not None:
            root = roots.get(row.parent_id, row.parent_id)
            if root in grouped:
                roots[row.id] = root
                grouped[root].append(row)
    return grouped


def _answer(row: PostRow, html: dict[int, str], remarks: dict[int, list[PostRow]], controls: Controls) -> str:
    return f'<div class="answer" id="p-{row.number}" data-item>{_body(row, html, remarks, controls)}</div>'


def _body(row: PostRow, html: dict[int, str], remarks: dict[int, list[PostRow]], controls: Controls) -> str:
    inside = "".join(
        f'<div id="p-{remark.number}">{html[remark.id]}{_remark_foot(remark, controls)}</div>'
        for remark in remarks.get(row.id, ())
    )
    replies = f'<div class="replies">{inside}</div>' if inside else ""
    return f"{html[row.id]}{controls.foot(row)}{replies}"


def _remark_foot(row: PostRow, controls: Controls) -> str:
    # A remark is small: its reactions show only when there are some.
    return f'<div class="mt1">{controls.reactions(row)}</div>' if any(row.reaction_counts.values()) else ""


def _ordered(rows: list[PostRow], topic: TopicRow, order: str) -> list[PostRow]:
    if order == "new":
        return rows[::-1]
    if order == "helpful":
        return sorted(rows, key=lambda row: (-sum(row.reaction_counts.values()), row.number))
    return rows
