"""Copies of a space's audience on topics, posts, search rows and files follow the space, and those of a topic the topic.

Topics follow in the transaction of the change: a thread is only reached through its topic, so nothing stays open. Posts,
search rows and files follow in batches, the first at once, the rest by the job `discussions.spread_audience`.
"""

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Value, When

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.files.actions import change_audience as change_audience_of_files
from kizuna.core.members.viewer import STAFF
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.counting import recount_members, recount_tags
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import Post, Space, Topic, TopicTag
from kizuna.engagement.discussions.queries.counts import is_counted_for_all

BATCH = 500
FOLLOWING = ("pk", "topic_id", "author_id", "topic__audience_id", "topic__container_audience_id")


def give_topic_the_audience_of(*, space: Space, topic: Topic) -> None:
    """Put a moved topic, as it was before, and all its posts under the audience of `space`; what is narrower stays so."""
    _follow_in_topic(space=space, topic=topic)
    indexing.reindex_whole_topic(topic_id=topic.pk)


def follow_own_audience(*, topic: Topic) -> None:
    """Let everything in a topic, given as it was before, follow the audience that it has now for itself."""
    _follow_in_topic(space=topic.space, topic=topic)
    indexing.follow_topics(topic_ids=[topic.pk])


def _follow_in_topic(*, space: Space, topic: Topic) -> None:
    Topic.objects.filter(pk=topic.pk).update(**_follow(space))
    before, topic = topic, Topic.objects.get(pk=topic.pk)
    posts = Post.objects.filter(topic=topic)
    posts.update(
        audience_id=topic.audience_id, container_audience_id=topic.container_audience_id, fragment_version=stale()
    )
    change_audience_of_files(
        target_type="post",
        target_ids=posts.values_list("pk", flat=True),
        audience_id=topic.audience_id,
        container_audience_id=topic.container_audience_id,
    )
    if is_counted_for_all(before) != is_counted_for_all(topic):
        recount_members(member_ids=set(posts.values_list("author_id", flat=True)))
        recount_tags(tag_ids=TopicTag.objects.filter(topic=topic).values_list("tag_id", flat=True))


def spread_audience(*, space: Space) -> None:
    """Let everything in a space follow its audience. Call inside the transaction that changed the space."""
    behind = Topic.objects.filter(space=space).exclude(container_audience_id=space.audience_id)
    behind.update(**_follow(space), row_version=stale())
    recount_tags(tag_ids=TopicTag.objects.filter(topic__space=space).values("tag_id"))
    if spread_to_posts(space_id=space.pk) == BATCH:
        enqueue("discussions.spread_audience", args={"space_id": space.pk}, key=f"space:{space.pk}", priority=10)


@transaction.atomic
def spread_to_posts(*, space_id: int) -> int:
    """Let the next posts, their search rows and files follow their topic, and return how many were behind."""
    behind = Post.objects.filter(topic__space_id=space_id).exclude(
        container_audience_id=F("topic__container_audience_id"), audience_id=F("topic__audience_id")
    )
    posts = list(behind.order_by("pk").values(*FOLLOWING)[:BATCH])
    by_audience: dict[tuple[int, int], list[int]] = {}
    for post in posts:
        audience = (post["topic__audience_id"], post["topic__container_audience_id"])
        by_audience.setdefault(audience, []).append(post["pk"])
    for (audience_id, container_audience_id), ids in by_audience.items():
        audience = {"audience_id": audience_id, "container_audience_id": container_audience_id}
        Post.objects.filter(pk__in=ids).update(**audience, fragment_version=stale())
        change_audience_of_files(target_type="post", target_ids=ids, **audience)
    indexing.follow_topics(topic_ids={post["topic_id"] for post in posts})
    recount_members(member_ids={post["author_id"] for post in posts})
    return len(posts)


def _follow(space: Space) -> dict[str, object]:
    private = When(urgency=Topic.Urgency.PRIVATE, then=Value(STAFF))
    own = When(own_audience__isnull=False, then=F("own_audience_id"))
    return {
        "container_audience_id": space.audience_id,
        "audience_id": Case(private, own, default=Value(space.audience_id), output_field=BigIntegerField()),
    }
