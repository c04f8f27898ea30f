"""Which of some topics and posts a viewer may read, asked without their rows: what every page counts of the unread."""

from collections.abc import Iterable
from typing import Any

from kizuna.base.rows import one_of, read_rows
from kizuna.core.members.policies import can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Topic
from kizuna.engagement.discussions.queries.pages import marks, topic_gate_sql


def seen_topics(*, viewer: Viewer, ids: Iterable[int]) -> set[int]:
    """Return those of the ids that `targets.visible_topics` would return rows of."""
    these, params = one_of("t.id", list(ids))
    gate, gate_params = topic_gate_sql(viewer)
    rows = read_rows(f"SELECT t.id FROM discussions_topic t WHERE {these} AND {gate}", [*params, *gate_params])  # noqa: S608
    return {number for (number,) in rows}


def seen_posts(*, viewer: Viewer, ids: Iterable[int]) -> set[int]:
    """Return those of the ids that `targets.visible_posts` would return rows of."""
    these, params = one_of("p.id", list(ids))
    gate, gate_params = topic_gate_sql(viewer)
    post_gate, post_params = _post_gate(viewer)
    rows = read_rows(
        "SELECT p.id FROM discussions_post p JOIN discussions_topic t ON t.id = p.topic_id "  # noqa: S608
        f"WHERE {these} AND {gate} AND {post_gate}",
        [*params, *gate_params, *post_params],
    )
    return {number for (number,) in rows}


def _post_gate(viewer: Viewer) -> tuple[str, list[Any]]:
    """Return the condition of `visible.post_gate` as SQL with its parameters."""
    audiences = list(viewer.audience_ids)
    if not audiences:
        return "1 = 0", []
    places = marks(audiences)
    seen = [f"p.audience_id IN ({places}) AND p.state = 'visible'"]
    params: list[Any] = [*audiences, *audiences]
    if viewer.is_member:
        seen.append("p.author_id = %s AND p.state IN ('visible', 'held')")
        seen.append("t.author_id = %s AND t.urgency = %s AND p.state = 'visible'")
        params += [viewer.member_id, viewer.member_id, str(Topic.Urgency.PRIVATE)]
    if can_moderate(viewer):
        seen.append(f"p.audience_id IN ({places}) AND p.state = 'held'")
        params += audiences
    return f"p.container_audience_id IN ({places}) AND ({' OR '.join(seen)})", params
