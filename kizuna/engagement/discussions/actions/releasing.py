"""Release what waited for a moderator: it is told of from now on, as if just written."""

from datetime import datetime

from django.db import transaction

from kizuna.base.text import html
from kizuna.core.activity.actions import record
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions.posts import announce_post, arrival
from kizuna.engagement.discussions.actions.topics import announce_topic
from kizuna.engagement.discussions.actions.writing import Writing, stale
from kizuna.engagement.discussions.models import Mention, Post, State, Topic


@transaction.atomic
def release_post(*, viewer: Viewer, post: Post, now: datetime) -> None:
    """Show a held post, or a held topic by its opening post. One that does not wait is left alone."""
    policies.require_moderate(viewer)
    topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=post.topic_id)
    post = Post.objects.get(pk=post.pk)
    if post.number == 1 and topic.state == State.HELD:
        _release_topic(viewer, topic, post, now=now)
    elif post.number > 1 and post.state == State.HELD:
        _release_reply(viewer, topic, post, now=now)


def _release_topic(viewer: Viewer, topic: Topic, post: Post, *, now: datetime) -> None:
    topic.state, topic.bumped_at = State.VISIBLE, now
    Topic.objects.filter(pk=topic.pk).update(state=topic.state, bumped_at=now, row_version=stale())
    record(
        activities.TOPIC_RELEASED,
        actor_id=viewer.member_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"space": topic.space_id},
    )
    announce_topic(topic=topic, post=post, space=topic.space, writing=_stored(post), now=now)


def _release_reply(viewer: Viewer, topic: Topic, post: Post, *, now: datetime) -> None:
    # It comes last, where readers who have seen what was written in between still find it as new.
    post.state, post.number = State.VISIBLE, topic.last_number + 1
    Topic.objects.filter(pk=topic.pk).update(last_number=post.number)
    Post.objects.filter(pk=post.pk).update(state=post.state, number=post.number, fragment_version=stale())
    record(
        activities.POST_RELEASED,
        actor_id=viewer.member_id,
        object_type="post",
        object_id=post.pk,
        at=now,
        props={"topic": topic.pk},
    )
    Topic.objects.filter(pk=topic.pk).update(**arrival(topic=topic, post=post, now=now))
    is_first = topic.first_reply_at is None and post.author_id != topic.author_id
    announce_post(post=post, topic=topic, writing=_stored(post), is_first=is_first, now=now)


def _stored(post: Post) -> Writing:
    """Return what was written, as it was when it was written."""
    called = Mention.objects.filter(post=post).values_list("member_id", flat=True)
    return Writing(post.body, post.html, html.to_text(post.html), post.lang, tuple(called), ())
