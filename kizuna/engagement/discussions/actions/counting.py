"""Keep the counters of spaces, tags and members, which say no more than everybody may know (`queries.counts`)."""

from collections.abc import Collection, Iterable

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kizuna.core.members.actions import add_to_counts, set_counts
from kizuna.engagement.discussions.models import Post, Space, State, Tag, Topic, TopicTag
from kizuna.engagement.discussions.queries.counts import (
    counted,
    counted_for_all,
    is_counted_for_all,
    is_counted_in_space,
)


def count_topic(*, topic: Topic, change: int) -> None:
    """Count a topic that can be seen from now on (1), or no more (-1)."""
    count_in_space(space_id=topic.space_id, topic=topic, change=change)
    if is_counted_for_all(topic):
        tagged = TopicTag.objects.filter(topic_id=topic.pk).values_list("tag_id", flat=True)
        count_tags(tag_ids=tagged, change=change)
        add_to_counts(member_id=topic.author_id, topic_count=change)


def count_in_space(*, space_id: int, topic: Topic, change: int) -> None:
    """Count a topic in a space."""
    if is_counted_in_space(topic):
        Space.objects.filter(pk=space_id).update(topic_count=F("topic_count") + change)


def count_tags(*, tag_ids: Iterable[int], change: int) -> None:
    """Count a topic under tags, in one order everywhere."""
    for tag_id in sorted(tag_ids):
        Tag.objects.filter(pk=tag_id).update(topic_count=F("topic_count") + change)


def count_for_author(*, post: Post, topic: Topic, **changes: int) -> None:
    """Add to what the author of a post is known for, unless not every member may read the topic."""
    if is_counted_for_all(topic):
        add_to_counts(member_id=post.author_id, **changes)


def recount_members(*, member_ids: Collection[int]) -> None:
    """Count again what members are known for."""
    set_counts(counts=counted(member_ids))


def recount_tags(*, tag_ids: Iterable[int]) -> None:
    """Count the topics of tags again."""
    shown = TopicTag.objects.filter(counted_for_all("topic__"), tag=OuterRef("pk"), topic__state=State.VISIBLE)
    number = Subquery(shown.order_by().values("tag").annotate(number=Count("pk")).values("number"))
    Tag.objects.filter(pk__in=tag_ids).update(topic_count=Coalesce(number, 0))
