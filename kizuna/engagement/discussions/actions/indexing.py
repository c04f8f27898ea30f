"""Search rows of topics and posts: a row for each post, the opening one with the title."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from kizuna.base.text import html
from kizuna.core.search import actions as search
from kizuna.engagement.discussions.models import Post, Space, State, Topic
from kizuna.engagement.discussions.queries.targets import post_address

TOPIC, POST = "topic", "post"
BATCH = 500


def topic_row(*, topic: Topic, space: Space, text: str) -> dict[str, Any]:
    """Return the search row of a topic: its title, its tags and its opening post."""
    return {
        "target_type": TOPIC,
        "target_id": topic.pk,
        "parent_type": TOPIC,
        "parent_id": topic.pk,
        "kind": space.kind,
        "space": space.slug,
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
        "url": post_address(topic_id=topic.pk, number=1),
        "external_id": topic.external_id,
    }


def post_row(*, post: Post, topic: Topic, space: Space, text: str) -> dict[str, Any]:
    """Return the search row of a reply."""
    return {
        "target_type": POST,
        "target_id": post.pk,
        "parent_type": TOPIC,
        "parent_id": topic.pk,
        "kind": space.kind,
        "space": space.slug,
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
        "url": post_address(topic_id=topic.pk, number=post.number),
        "external_id": post.external_id,
    }


def index_topic(*, topic: Topic, space: Space, text: str) -> None:
    """Let a new topic be found."""
    search.index(**topic_row(topic=topic, space=space, text=text))


def index_post(*, post: Post, topic: Topic, space: Space, text: str, is_new: bool = False) -> None:
    """Let a reply be found; `is_new` when it was written in this transaction."""
    search.index(**post_row(post=post, topic=topic, space=space, text=text), is_new=is_new)


def reindex_topic(*, topic_id: int, post_ids: Collection[int] = ()) -> None:
    """Write the search row of a topic again, and those of these replies of it."""
    _reindex(Post.objects.filter(Q(number=1) | Q(pk__in=post_ids), topic_id=topic_id))


def reindex_posts(*, post_ids: Collection[int]) -> None:
    """Write the search rows of these posts again."""
    _reindex(Post.objects.filter(pk__in=post_ids))


def reindex_whole_topic(*, topic_id: int) -> None:
    """Write the search rows of a topic and of all its replies again."""
    _reindex(Post.objects.filter(topic_id=topic_id))


def remove_post(*, post_id: int) -> None:
    """Take a reply out of the search."""
    search.remove(target_type=POST, target_id=post_id)


def remove_topic(*, topic_id: int) -> None:
    """Take a topic and its replies out of the search."""
    search.remove_parent(parent_type=TOPIC, parent_id=topic_id)


def follow_space(*, space: Space, slug_before: str) -> None:
    """Let everything found in a space follow its new audience or slug, at once."""
    search.change_place(space=slug_before, container_audience_id=space.audience_id, renamed_to=space.slug)


def follow_topics(*, topic_ids: Collection[int]) -> None:
    """Let what is found of these topics follow their audiences."""
    for topic in Topic.objects.filter(pk__in=topic_ids).only("audience_id", "container_audience_id"):
        search.change_audience(
            parent_type=TOPIC,
            parent_id=topic.pk,
            audience_id=topic.audience_id,
            container_audience_id=topic.container_audience_id,
        )


def rows_of(posts: QuerySet[Post]) -> Iterator[dict[str, Any]]:
    """Yield the search rows of those of the posts that everybody in their audience may see."""
    seen = posts.filter(state=State.VISIBLE, topic__state=State.VISIBLE).select_related("topic__space")
    for post in seen.order_by("pk"):
        text = html.to_text(post.html)
        row = topic_row if post.number == 1 else partial(post_row, post=post)
        yield row(topic=post.topic, space=post.topic.space, text=text)


def _reindex(posts: QuerySet[Post]) -> None:
    rows = list(rows_of(posts))
    for start in range(0, len(rows), BATCH):
        search.index_many(rows[start : start + BATCH])
