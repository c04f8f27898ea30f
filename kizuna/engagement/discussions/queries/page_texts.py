"""Texts around a thread in one query: posts for search engines (visitors only) and the history of an idea."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kizuna.base.rows import read_rows
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.queries.pages import TopicRow, aware, loaded, marks, post_gate_sql

TEXTS = 6  # posts a description quotes, beside the accepted one


@dataclass(frozen=True, slots=True)
class PostText:
    number: int
    html: str
    created_at: datetime
    author_name: str
    author_handle: str
    reaction_counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class StatusStep:
    status: str
    note: str
    changed_at: datetime
    changed_by: str


@dataclass
class Texts:
    posts: list[PostText] = field(default_factory=list)
    history: list[StatusStep] = field(default_factory=list)  # newest first


POSTS = """SELECT 'post', p.number, p.html, p.created_at, m.name, m.handle, p.reaction_counts
FROM discussions_post p JOIN members_member m ON m.id = p.author_id
WHERE p.topic_id = %s AND p.state = 'visible' AND p.number IN ({numbers}) AND {gate}"""
HISTORY = """SELECT 'status', c.id, c.note, c.changed_at, m.name, c.status, NULL
FROM discussions_ideastatuschange c LEFT JOIN members_member m ON m.id = c.changed_by_id
WHERE c.topic_id = %s"""


def of_topic(viewer: Viewer, topic: TopicRow) -> Texts:
    """Return the texts this page needs; nothing is asked for a member's question or discussion."""
    parts: list[str] = []
    params: list[Any] = []
    if not viewer.is_member:
        numbers = sorted({*range(1, TEXTS + 1), topic.accepted_number or 1})
        gate, gate_params = post_gate_sql(viewer, topic)
        parts.append(POSTS.format(numbers=marks(numbers), gate=gate))
        params += [topic.id, *numbers, *gate_params]
    if topic.space.is_idea:
        parts.append(HISTORY)
        params.append(topic.id)
    if not parts:
        return Texts()
    return _sorted(read_rows(" UNION ALL ".join(parts), params))


def _sorted(rows: Sequence[Sequence[Any]]) -> Texts:
    texts = Texts()
    for kind, number, text, at, name, key, counts in sorted(rows, key=lambda row: row[1]):
        if kind == "post":
            texts.posts.append(PostText(number, text, aware(at), name, key, loaded(counts)))
        else:
            texts.history.insert(0, StatusStep(key, text, aware(at), name or ""))
    return texts
