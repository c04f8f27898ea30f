"""What follows when a post or topic is no longer seen, or is seen again: counters, dates, search rows."""

from datetime import datetime

from django.db.models import F

from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.acceptance import end_acceptance
from kizuna.engagement.discussions.actions.counting import count_for_author, count_topic
from kizuna.engagement.discussions.actions.statements import step_over
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import Post, State, Topic


def take_away_post(*, post: Post, topic: Topic, state: str, by_id: int | None, now: datetime) -> None:
    """Put a reply of a locked topic out of sight. An acceptance of it ends."""
    was_visible = post.state == State.VISIBLE
    _change_post(post, state)
    indexing.remove_post(post_id=post.pk)
    if not was_visible:
        return
    if topic.accepted_post_id == post.pk:
        end_acceptance(topic=topic, ended_by_id=by_id, now=now)
    if state == State.HELD:  # released, it comes last with a number of its own; brought back, it stands where it stood
        step_over(topic_id=topic.pk, number=post.number)
    _recount(topic, change=-1)
    count_for_author(post=post, topic=topic, post_count=-1)


def bring_back_post(*, post: Post, topic: Topic) -> None:
    """Show a reply of a locked topic again."""
    _change_post(post, State.VISIBLE)
    _recount(topic, change=1)
    count_for_author(post=post, topic=topic, post_count=1)
    indexing.reindex_topic(topic_id=topic.pk, post_ids=[post.pk])


def take_away_topic(*, topic: Topic, state: str) -> None:
    """Put a locked topic out of sight with all its posts."""
    was_visible = topic.state == State.VISIBLE
    _change_topic(topic, state)
    indexing.remove_topic(topic_id=topic.pk)
    if was_visible:
        count_topic(topic=topic, change=-1)


def bring_back_topic(*, topic: Topic) -> None:
    """Show a locked topic again with its posts."""
    _change_topic(topic, State.VISIBLE)
    count_topic(topic=topic, change=1)
    indexing.reindex_whole_topic(topic_id=topic.pk)


def _change_post(post: Post, state: str) -> None:
    post.state, post.fragment_version = state, stale()
    Post.objects.filter(pk=post.pk).update(state=state, fragment_version=post.fragment_version)


def _change_topic(topic: Topic, state: str) -> None:
    topic.state = state
    Topic.objects.filter(pk=topic.pk).update(state=state, row_version=stale())


def _recount(topic: Topic, *, change: int) -> None:
    """Correct a topic's counters and the dates that lists sort by, from the replies that are seen."""
    seen = Post.objects.filter(topic_id=topic.pk, state=State.VISIBLE)
    last = seen.order_by("-number").values("author_id", "created_at").first()
    by_others = seen.exclude(author_id=topic.author_id).order_by("number")
    first = by_others.values_list("created_at", flat=True).first()
    first_staff = by_others.filter(is_staff=True).values_list("created_at", flat=True).first()
    Topic.objects.filter(pk=topic.pk).update(
        post_count=F("post_count") + change,
        last_post_author_id=last["author_id"] if last else topic.author_id,
        bumped_at=last["created_at"] if last else topic.created_at,
        first_reply_at=first,
        first_staff_reply_at=first_staff,
        row_version=stale(),
    )
