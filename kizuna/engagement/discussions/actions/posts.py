"""Reply to topics."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.markdown import RENDER_VERSION
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.files.actions import attach
from kizuna.core.members.policies import Refused, can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing, statements
from kizuna.engagement.discussions.actions.counting import count_for_author
from kizuna.engagement.discussions.actions.statements import Advanced
from kizuna.engagement.discussions.actions.writing import Writing, require_pace, stale, written
from kizuna.engagement.discussions.models import Mention, Post, State, Topic


def post_reply(
    *,
    viewer: Viewer,
    topic: Topic,
    body: str,
    now: datetime,
    reply_to: Post | None = None,
    attachments: Iterable[str] = (),
    draft_context: str = "",
) -> Post:
    """Reply to a topic that the viewer sees. A text that a rule holds waits for a moderator."""
    policies.require_reply(viewer, topic)
    require_pace(viewer=viewer, now=now)
    if reply_to is not None and reply_to.topic_id != topic.pk:
        raise Refused(_("The post you answer is not in this topic."), field="reply_to")
    writing = written(viewer=viewer, body=body, attachments=attachments, now=now)
    with transaction.atomic():
        place = _advance(viewer, topic, is_held=bool(writing.held_for), now=now)
        post = _create(viewer, topic, place, writing, reply_to, now=now)
        keep_parts(post=post, writing=writing, now=now)
        statements.follow(member_id=post.author_id, topic_id=topic.pk, now=now)
        statements.note_read(member_id=post.author_id, topic_id=topic.pk, number=post.number, now=now)
        statements.drop_draft(member_id=post.author_id, context=draft_context or f"topic:{topic.pk}")
        if writing.held_for:
            statements.step_over(topic_id=topic.pk, number=post.number)
            hold_post(post=post, reason=writing.held_for, now=now)
        else:
            announce_post(post=post, topic=topic, writing=writing, is_first=place.is_first, now=now, is_new=True)
    return post


def _advance(viewer: Viewer, topic: Topic, *, is_held: bool, now: datetime) -> Advanced:
    """Take the next number of the topic as it is now, or refuse when it was closed or removed meanwhile."""
    place = statements.advance(
        topic=topic,
        author_id=viewer.member_id or 0,
        is_staff=viewer.is_staff,
        is_moderator=can_moderate(viewer),
        is_held=is_held,
        stale=stale(),
        now=now,
    )
    if place is None:
        policies.require_reply(viewer, Topic.objects.select_related("space").get(pk=topic.pk))
        raise Refused(policies.NO_REPLIES)
    return place


def _create(
    viewer: Viewer, topic: Topic, place: Advanced, writing: Writing, reply_to: Post | None, *, now: datetime
) -> Post:
    return Post.objects.create(
        topic=topic,
        number=place.number,
        author_id=viewer.member_id,
        reply_to=reply_to,
        body=writing.body,
        html=writing.html,
        render_version=RENDER_VERSION,
        lang=writing.lang,
        audience_id=place.audience_id,
        container_audience_id=place.container_audience_id,
        state=State.HELD if writing.held_for else State.VISIBLE,
        created_at=now,
        is_staff=viewer.is_staff,
    )


def keep_parts(*, post: Post, writing: Writing, now: datetime) -> None:
    """Keep whom a post mentions and give its files their place."""
    mentions = [Mention(post=post, member_id=member_id, created_at=now) for member_id in writing.mentioned_ids]
    if mentions:
        Mention.objects.bulk_create(mentions, ignore_conflicts=True)
    if writing.file_keys:
        attach(
            keys=writing.file_keys,
            uploader_id=post.author_id,
            target_type="post",
            target_id=post.pk,
            audience_id=post.audience_id,
            container_audience_id=post.container_audience_id,
        )


def arrival(*, topic: Topic, post: Post, now: datetime) -> dict[str, object]:
    """Return what a reply changes on its topic when it can be seen."""
    changes: dict[str, object] = {
        "post_count": F("post_count") + 1,
        "bumped_at": max(topic.bumped_at, now),
        "last_post_author_id": post.author_id,
        "row_version": stale(),
    }
    if post.author_id != topic.author_id:
        if topic.first_reply_at is None:
            changes["first_reply_at"] = now
            if topic.urgency == Topic.Urgency.NORMAL:
                changes["staff_at"] = None  # members were first
        if post.is_staff and topic.first_staff_reply_at is None:
            changes["first_staff_reply_at"] = now
    return changes


def hold_post(*, post: Post, reason: str, now: datetime) -> None:
    """Write down that a reply waits for a moderator."""
    record(
        activities.POST_HELD,
        actor_id=post.author_id,
        object_type="post",
        object_id=post.pk,
        at=now,
        props={"topic": post.topic_id, "reason": reason},
    )


def announce_post(
    *, post: Post, topic: Topic, writing: Writing, is_first: bool, now: datetime, is_new: bool = False
) -> None:
    """Count, index and tell of a reply that can be seen from now on.

    `is_first`: the first that is not the asker's. `is_new`: written in this transaction, so no index knows it.
    """
    indexing.index_post(post=post, topic=topic, space=topic.space, text=writing.text, is_new=is_new)
    record(
        activities.POST_REPLIED,
        actor_id=post.author_id,
        object_type="post",
        object_id=post.pk,
        at=now,
        props={
            "topic": topic.pk,
            "space": topic.space_id,
            "kind": topic.space.kind,
            "number": post.number,
            "reply_to": post.reply_to_id,
            "is_staff": post.is_staff,
            "is_first": is_first,
            "mentions": len(writing.mentioned_ids),
        },
    )
    count_for_author(post=post, topic=topic, post_count=1)
    bump_generation(CONTENT)
