"""Hot reads of a thread: hand-written queries that return plain rows, each with the viewer's audiences inside.

Common to SQLite and PostgreSQL; parameters only. Lists are in `page_lists`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.http import Http404

from kizuna.base import hosting
from kizuna.base.rows import one_of, read_rows
from kizuna.core.community import queries as community
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, Topic

PART = 30  # post numbers a part of a thread covers


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space as pages need it; kept in the process while the site's generation stands."""

    id: int
    slug: str
    kind: str
    name: dict[str, str]
    description: dict[str, str]
    icon: str
    color: str
    audience_id: int
    posting: str
    post_template: dict[str, str]
    is_archived: bool

    @property
    def url(self) -> str:
        return f"/s/{self.slug}/"

    def name_in(self, language: str) -> str:
        """Return the name in `language`, or in the other one."""
        return in_language(self.name, language)

    @property
    def is_question(self) -> bool:
        return self.kind == Space.Kind.QUESTION

    @property
    def is_idea(self) -> bool:
        return self.kind == Space.Kind.IDEA


class TopicRow(NamedTuple):
    """The head of a thread."""

    id: int
    space_id: int
    title: str
    lang: str
    state: str
    urgency: str
    author_id: int
    author_name: str
    author_handle: str
    created_at: datetime
    bumped_at: datetime
    last_number: int
    post_count: int
    view_count: int
    follower_count: int
    vote_count: int
    is_pinned: bool
    is_closed: bool
    tags: list[str]
    idea_status: str
    audience_id: int
    container_audience_id: int
    accepted_post_id: int | None
    accepted_number: int | None
    accepted_at: datetime | None
    accepted_by: str | None
    seconds_to_solve: int | None
    closed_at: datetime | None
    close_reason: str | None
    first_reply_at: datetime | None
    own_audience_id: int | None
    space: SpaceRow


class PostRow(NamedTuple):
    """A post as its stored fragment and what the viewer's part is made from."""

    id: int
    number: int
    author_id: int
    author_handle: str
    state: str
    fragment: str
    fragment_version: str
    card_version: int
    reaction_counts: dict[str, int]
    parent_id: int | None
    parent_number: int | None
    is_edited: bool
    is_reply: bool  # a remark under an answer, drawn small
    topic: TopicRow

    @property
    def pk(self) -> int:
        return self.id


@dataclass(slots=True)
class ThreadState:
    """What one member has done in this part of a thread."""

    last_read: int | None = None
    read_until: datetime | None = None
    is_following: bool = False
    is_muted: bool = False
    has_voted: bool = False
    draft: str = ""
    reactions: dict[int, set[str]] = field(default_factory=dict)
    bookmarks: set[int] = field(default_factory=set)


def spaces() -> dict[int, SpaceRow]:
    """Return every space by id, in the manager's order. Whoever shows one checks its audience."""
    generation = community.site_generation()
    caches = hosting.current().caches
    known = caches.get("spaces")
    if known is None or known[0] != generation:
        known = (generation, {space.pk: _space_row(space) for space in Space.objects.order_by("position", "id")})
        caches["spaces"] = known
    return known[1]


def space_by_id(space_id: int) -> SpaceRow:
    """Return a space that a row names; one made since the process looked is looked up again."""
    known = spaces()
    if space_id not in known:
        hosting.current().caches.pop("spaces", None)
        known = spaces()
    return known[space_id]


def spaces_for(viewer: Viewer) -> list[SpaceRow]:
    """Return the spaces this viewer may see, without archived ones."""
    return [space for space in spaces().values() if space.audience_id in viewer.audience_ids and not space.is_archived]


def space_by_slug(viewer: Viewer, slug: str) -> SpaceRow:
    """Return the space, or raise Http404 when it is not there for this viewer."""
    for space in spaces().values():
        if space.slug == slug and space.audience_id in viewer.audience_ids:
            return space
    raise Http404


def _space_row(space: Space) -> SpaceRow:
    return SpaceRow(
        id=space.pk, slug=space.slug, kind=space.kind, name=space.name, description=space.description, icon=space.icon,
        color=space.color, audience_id=space.audience_id, posting=space.posting, post_template=space.post_template,
        is_archived=space.is_archived,
    )  # fmt: skip


def topic_gate_sql(viewer: Viewer, alias: str = "t") -> tuple[str, list[Any]]:
    """Return the condition of `visible.topic_gate` as SQL with its parameters."""
    ids = list(viewer.audience_ids)
    if not ids:
        return "1 = 0", []
    places = marks(ids)
    seen = [f"{alias}.audience_id IN ({places}) AND {alias}.state = 'visible'"]
    params = [*ids, *ids]
    if viewer.is_member:
        kept = f"({alias}.audience_id IN ({places}) OR {alias}.urgency = 'private')"
        seen.append(f"{alias}.author_id = %s AND {alias}.state IN ('visible', 'held') AND {kept}")
        params += [viewer.member_id, *ids]
    if can_moderate(viewer):
        seen.append(f"{alias}.audience_id IN ({places}) AND {alias}.state = 'held'")
        params += ids
    return f"{alias}.container_audience_id IN ({places}) AND ({' OR '.join(seen)})", params


def post_gate_sql(viewer: Viewer, topic: TopicRow) -> tuple[str, list[Any]]:
    """Return the condition of `visible.post_gate` inside a visible topic, and removed posts for who may restore them."""
    ids = list(viewer.audience_ids)
    places = marks(ids)
    seen = [f"p.audience_id IN ({places}) AND p.state = 'visible'"]
    params: list[Any] = [*ids, *ids]
    if viewer.is_member:
        seen.append("p.author_id = %s AND p.state IN ('visible', 'held', 'deleted')")
        params.append(viewer.member_id)
        if topic.author_id == viewer.member_id and topic.urgency == Topic.Urgency.PRIVATE:
            seen.append("p.state = 'visible'")
    if can_moderate(viewer):
        seen.append(f"p.audience_id IN ({places}) AND p.state IN ('held', 'deleted', 'hidden')")
        params += ids
    return f"p.container_audience_id IN ({places}) AND ({' OR '.join(seen)})", params


HEAD = """
SELECT t.id, t.space_id, t.title, t.lang, t.state, t.urgency, t.author_id, m.name, m.handle, t.created_at, t.bumped_at,
  t.last_number, t.post_count, t.view_count, t.follower_count, t.vote_count, t.is_pinned, t.is_closed, t.tags,
  t.idea_status, t.audience_id, t.container_audience_id, t.accepted_post_id, ap.number, a.accepted_at, am.name,
  a.seconds_to_solve, c.closed_at, c.reason, t.first_reply_at, t.own_audience_id
FROM discussions_topic t
JOIN members_member m ON m.id = t.author_id
LEFT JOIN discussions_post ap ON ap.id = t.accepted_post_id
LEFT JOIN discussions_acceptedanswer a ON a.topic_id = t.id AND a.ended_at IS NULL
LEFT JOIN members_member am ON am.id = a.accepted_by_id
LEFT JOIN discussions_topicclosure c ON c.topic_id = t.id
WHERE t.id = %s AND """


def topic_head(viewer: Viewer, topic_id: int) -> TopicRow:
    """Return the head of a thread, or raise Http404 when it is not there for this viewer."""
    condition, params = topic_gate_sql(viewer)
    rows = read_rows(HEAD + condition, [topic_id, *params])
    if not rows:
        raise Http404
    row = rows[0]
    values = list(row)
    for place in (9, 10, 24, 27, 29):
        values[place] = aware(values[place])
    values[18] = loaded(values[18])
    return TopicRow(*values, space=space_by_id(row[1]))


WRITING = """
SELECT t.id, t.space_id, t.author_id, t.title, t.state, t.urgency, t.audience_id, t.container_audience_id, t.is_closed,
  t.lang, t.tags, t.first_reply_at, t.accepted_post_id, t.own_audience_id
FROM discussions_topic t WHERE t.id = %s AND """


def topic_to_write_on(viewer: Viewer, topic_id: int) -> Topic:
    """Return the topic with its space for a reply, or raise Http404; what a reply does not need is loaded when asked."""
    condition, params = topic_gate_sql(viewer)
    topic = next(iter(Topic.objects.raw(WRITING + condition, [topic_id, *params])), None)
    if topic is None:
        raise Http404
    topic.space = next(iter(Space.objects.raw("SELECT * FROM discussions_space WHERE id = %s", [topic.space_id])))
    return topic


POSTS = """
SELECT p.id, p.number, p.author_id, m.handle, p.state, p.fragment_{language}, p.fragment_version, m.card_version,
  p.reaction_counts, p.reply_to_id, r.number, p.edited_at
FROM discussions_post p
JOIN members_member m ON m.id = p.author_id
LEFT JOIN discussions_post r ON r.id = p.reply_to_id
WHERE p.topic_id = %s AND (p.number BETWEEN %s AND %s OR p.number = %s) AND {gate}
ORDER BY p.number"""


def posts(viewer: Viewer, topic: TopicRow, *, after: int) -> list[PostRow]:
    """Return the posts numbered `after`+1 … `after`+PART in order; the first part has the accepted answer, too."""
    accepted = topic.accepted_number if after == 0 else None
    condition, params = post_gate_sql(viewer, topic)
    sql = POSTS.format(language=language_of(viewer), gate=condition)
    rows = read_rows(sql, [topic.id, after + 1, after + PART, accepted or after + 1, *params])
    return [_post_row(row, topic) for row in rows]


def _post_row(row: Sequence[Any], topic: TopicRow) -> PostRow:
    is_reply = topic.space.is_question and (row[10] or 1) > 1
    return PostRow(*row[:8], loaded(row[8]), row[9], row[10], row[11] is not None, is_reply, topic)


STATE = """
SELECT 'read', last_read_number, '', NULL FROM discussions_topicread WHERE member_id = %s AND topic_id = %s
UNION ALL SELECT 'mark', 0, '', read_until FROM discussions_readmark WHERE member_id = %s
UNION ALL SELECT CASE WHEN is_muted THEN 'muted' ELSE 'follow' END, 0, '', NULL
  FROM discussions_follow WHERE member_id = %s AND topic_id = %s
UNION ALL SELECT 'vote', 0, '', NULL FROM discussions_ideavote WHERE member_id = %s AND topic_id = %s
UNION ALL SELECT 'draft', 0, body, NULL FROM discussions_draft WHERE member_id = %s AND context = %s
UNION ALL SELECT 'react', post_id, word, NULL FROM discussions_reaction WHERE member_id = %s AND {posts}
UNION ALL SELECT 'keep', post_id, '', NULL FROM discussions_bookmark WHERE member_id = %s AND {posts}"""


def thread_state(viewer: Viewer, topic_id: int, post_ids: Sequence[int]) -> ThreadState:
    """Return what this member has read, followed, kept, reacted to and begun to write here: one query."""
    me = viewer.member_id
    posts, ids = one_of("post_id", list(post_ids) or [0])
    state = ThreadState()
    rows = read_rows(
        STATE.format(posts=posts),
        [me, topic_id, me, me, topic_id, me, topic_id, me, f"topic:{topic_id}", me, *ids, me, *ids],
    )
    for kind, number, text, at in rows:
        if kind == "react":
            state.reactions.setdefault(number, set()).add(text)
        elif kind == "keep":
            state.bookmarks.add(number)
        elif kind == "read":
            state.last_read = number
        elif kind == "mark":
            state.read_until = aware(at)
        elif kind == "draft":
            state.draft = text
    kinds = {kind for kind, *_rest in rows}
    state.is_following, state.is_muted, state.has_voted = "follow" in kinds, "muted" in kinds, "vote" in kinds
    return state


def part_of(number: int) -> int:
    """Return the `after` of the part that holds this post number."""
    return max(number - 1, 0) // PART * PART


def aware(value: Any) -> Any:
    """Return a time (or None) as read by a raw query, in UTC: text or naive on SQLite."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)


def loaded(value: Any) -> Any:
    """Return a JSON column as read by a raw query."""
    if value == "{}":
        return {}
    return json.loads(value) if isinstance(value, str) else value


def marks(values: Iterable[Any]) -> str:
    """Return a placeholder for each value."""
    return ", ".join("%s" for _value in values)


def language_of(viewer: Viewer) -> str:
    """Return the language of the stored fragments this viewer gets."""
    # Becomes part of a column name, so it is chosen here and never taken over.
    return "en" if viewer.language == "en" else "ja"
