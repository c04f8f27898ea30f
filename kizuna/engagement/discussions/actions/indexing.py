"""Search rows of topics and posts: a row for each post, the opening one with the title."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from kizuna.base.text import html
from kizuna.engagement.discussions.models import Post, State, Topic

try:
    from kizuna.core.search import actions as search
except ImportError:
    search = None
TOPIC, POST = "topic", "post"


def topic_row(*, topic: Topic, kind: str, text: str) -> dict[str, Any]:
    """Return the search row of a topic: its title, its tags and its opening post."""
    return {
        "target_type": TOPIC,
        "target_id": topic.pk,
        "parent_id": topic.pk,
        "kind": kind,
        "title": topic.title,
        "body": text,
        "tags": topic.tags,
        "author_id": topic.author_id,
        "audience_id": topic.audience_id,
        "container_audience_id": topic.container_audience_id,
        "created_at": topic.created_at,
        "is_solved": topic.is_solved,
        "votes": topic.vote_count,
        "lang": topic.lang,
    }


def post_row(*, post: Post, topic: Topic, kind: str, text: str) -> dict[str, Any]:
    """Return the search row of a reply."""
    return {
        "target_type": POST,
        "target_id": post.pk,
        "parent_id": topic.pk,
        "kind": kind,
        "title": "",
        "body": text,
        "tags": [],
        "author_id": post.author_id,
        "audience_id": post.audience_id,
        "container_audience_id": post.container_audience_id,
        "created_at": post.created_at,
        "is_solved": topic.accepted_post_id == post.pk,
        "votes": post.thanks_count,
        "lang": post.lang,
    }


def index_topic(*, topic: Topic, kind: str, text: str) -> None:
    if search:
        search.index(**topic_row(topic=topic, kind=kind, text=text))


def index_post(*, post: Post, topic: Topic, kind: str, text: str) -> None:
    if search:
        search.index(**post_row(post=post, topic=topic, kind=kind, text=text))


def reindex_topic(*, topic_id: int, post_ids: Collection[int] = ()) -> None:
    """Write the search rows of a topic again, and of these replies of it; rows of what is removed go."""
    if not search:
        return
    topic = Topic.objects.select_related("space").get(pk=topic_id)
    rows = []
    for post in Post.objects.filter(Q(number=1) | Q(pk__in=post_ids), topic=topic):
        text = html.to_text(post.html)
        if topic.state != State.VISIBLE or post.state != State.VISIBLE:
            continue
        if post.number == 1:
            rows.append(topic_row(topic=topic, kind=topic.space.kind, text=text))
        else:
            rows.append(post_row(post=post, topic=topic, kind=topic.space.kind, text=text))
    search.index_many(rows)
