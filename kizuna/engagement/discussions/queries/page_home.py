"""What the home page asks of discussions."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kizuna.base.rows import one_of, read_rows
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, Space, State, Topic
from kizuna.engagement.discussions.queries.pages import aware, loaded, spaces_for, topic_gate_sql
from kizuna.engagement.discussions.queries.visible import topic_gate, topics_visible_to

TAGS_KNOWN = 12
COUNTED = 100  # more questions than this are not told apart


class NeededRow(NamedTuple):
    """A question that waits for this reader."""

    id: int
    title: str
    lang: str
    tags: list[str]
    post_count: int
    created_at: datetime
    author_name: str
    author_hue: int
    author_avatar_key: str


@dataclass(frozen=True)
class Needed:
    """Questions that this member may know the answer to, of how many (at most COUNTED), and the tags they know."""

    rows: list[NeededRow]
    count: int
    tags: list[str]


KNOWN = """
SELECT g.id, g.name FROM discussions_membertag mt JOIN discussions_tag g ON g.id = mt.tag_id
WHERE mt.member_id = %s AND mt.answer_count > 0
ORDER BY mt.accepted_count DESC, mt.answer_count DESC, mt.tag_id LIMIT %s"""
NEEDED = """
SELECT t.id, t.title, t.lang, t.tags, t.post_count, t.created_at, m.name, m.hue, m.avatar_key
FROM discussions_topic t JOIN members_member m ON m.id = t.author_id
WHERE {gate} AND t.state = 'visible' AND t.accepted_post_id IS NULL AND NOT t.is_closed AND t.author_id <> %s
  AND {in_spaces}
  AND t.id IN (SELECT tt.topic_id FROM discussions_topictag tt WHERE {with_tags})
  AND NOT EXISTS (SELECT 1 FROM discussions_post own WHERE own.topic_id = t.id AND own.author_id = %s)
ORDER BY t.created_at DESC, t.id DESC LIMIT %s"""


def needed(viewer: Viewer, *, limit: int) -> Needed:
    """Return the newest open questions under tags this member answered before, and how many there are.

    Left out are their own, and those they wrote on already.
    """
    spaces = [space.id for space in spaces_for(viewer) if space.is_question]
    known = read_rows(KNOWN, [viewer.member_id, TAGS_KNOWN])
    if not known or not spaces:
        return Needed([], 0, [])
    gate, params = topic_gate_sql(viewer)
    in_spaces, space_ids = one_of("t.space_id", spaces)
    with_tags, tag_ids = one_of("tt.tag_id", [tag_id for tag_id, _name in known])
    rows = read_rows(
        NEEDED.format(gate=gate, in_spaces=in_spaces, with_tags=with_tags),
        [*params, viewer.member_id, *space_ids, *tag_ids, viewer.member_id, COUNTED],
        is_planned_anew=True,
    )
    shown = [NeededRow(*row[:3], loaded(row[3]), row[4], aware(row[5]), *row[6:]) for row in rows[:limit]]
    return Needed(shown, len(rows), [name for _tag_id, name in known])


def hue_of(viewer: Viewer) -> int:
    """Return what draws the reader's own picture beside their name."""
    rows = read_rows("SELECT hue FROM members_member WHERE id = %s", [viewer.member_id])
    return rows[0][0] if rows else 0


def newest_announcement(viewer: Viewer) -> Topic | None:
    """Return the announcement that stands on top: a pinned one, else the newest."""
    news = topics_visible_to(_anybody_like(viewer)).filter(
        space__kind=Space.Kind.ANNOUNCEMENT, space__is_archived=False, state=State.VISIBLE
    )
    return news.order_by("-is_pinned", "-created_at", "-id").first()


def solved_lately(viewer: Viewer, *, limit: int) -> list[AcceptedAnswer]:
    """Return the latest accepted answers, with topic and the member who gave each."""
    gate = topic_gate(_anybody_like(viewer), "topic__")
    seen = AcceptedAnswer.objects.filter(gate, ended_at=None, post__state=State.VISIBLE)
    return list(seen.select_related("topic", "post__author").order_by("-id")[:limit])


def _anybody_like(viewer: Viewer) -> Viewer:
    """Return whoever shares the viewer's audiences: what is kept for all of them holds nothing of one person alone."""
    return Viewer(audience_ids=viewer.audience_ids, language=viewer.language)


def opening_html(topic: Topic) -> str:
    """Return the text of a topic that is known to be visible."""
    opening = Post.objects.filter(topic=topic, number=1, state=State.VISIBLE).values_list("html", flat=True)
    return opening.first() or ""
