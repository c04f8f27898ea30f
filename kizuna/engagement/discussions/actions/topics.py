"""Open topics."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.markdown import RENDER_VERSION
from kizuna.core.activity.actions import record
from kizuna.core.activity.models import Activity
from kizuna.core.community import queries as community
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import STAFF, Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions import indexing, statements
from kizuna.engagement.discussions.actions.counting import count_topic
from kizuna.engagement.discussions.actions.posts import keep_parts
from kizuna.engagement.discussions.actions.tagging import cleaned_tags, put_tags, tags_named
from kizuna.engagement.discussions.actions.writing import Writing, require_pace, require_topic_pace, titled, written
from kizuna.engagement.discussions.models import IdeaStatus, Post, Space, State, Tag, Topic

Urgency = Topic.Urgency


def open_topic(
    *,
    viewer: Viewer,
    space: Space,
    title: str,
    body: str,
    now: datetime,
    tags: Iterable[str] = (),
    urgency: str = Urgency.NORMAL,
    audience_id: int | None = None,
    attachments: Iterable[str] = (),
    draft_context: str = "",
) -> Topic:
    """Open a topic with its first post. A text that a rule holds waits for a moderator, seen by its author alone.

    `audience_id`: who of those in the space may read it; None is everybody there.
    """
    policies.require_open_topic(viewer, space)
    if urgency not in Urgency:
        raise Refused(_("Please choose from the list."), field="urgency")
    if audience_id is not None:
        policies.require_own_audience(viewer, audience_id, is_private=urgency == Urgency.PRIVATE)
    require_pace(viewer=viewer, now=now)
    require_topic_pace(viewer=viewer, now=now)
    title, title_held_for = titled(viewer=viewer, title=title)
    wanted = cleaned_tags(viewer=viewer, names=tags)
    writing = written(viewer=viewer, body=body, attachments=attachments, now=now)
    held_for = writing.held_for or title_held_for
    with transaction.atomic():
        labels = tags_named(wanted)
        who = {"urgency": urgency, "own_audience_id": audience_id}
        topic = _create(viewer, space, title, writing, labels, **who, is_held=bool(held_for), now=now)
        post = _create_opening(topic, writing, is_staff=viewer.is_staff, now=now)
        keep_parts(post=post, writing=writing, now=now)
        put_tags(topic_id=topic.pk, tags=labels)
        statements.follow(member_id=topic.author_id, topic_id=topic.pk, now=now)
        statements.note_read(member_id=topic.author_id, topic_id=topic.pk, number=1, now=now)
        statements.drop_draft(member_id=topic.author_id, context=draft_context or f"space:{space.slug}")
        if held_for:
            hold_topic(topic=topic, reason=held_for, now=now)
        else:
            announce_topic(topic=topic, post=post, space=space, writing=writing, now=now)
    return topic


def _create(
    viewer: Viewer,
    space: Space,
    title: str,
    writing: Writing,
    labels: list[Tag],
    *,
    urgency: str,
    own_audience_id: int | None,
    is_held: bool,
    now: datetime,
) -> Topic:
    return Topic.objects.create(
        space=space,
        author_id=viewer.member_id,
        title=title,
        lang=writing.lang,
        audience_id=STAFF if urgency == Urgency.PRIVATE else own_audience_id or space.audience_id,
        container_audience_id=space.audience_id,
        own_audience_id=own_audience_id,
        state=State.HELD if is_held else State.VISIBLE,
        urgency=urgency,
        created_at=now,
        bumped_at=now,
        last_post_author_id=viewer.member_id,
        tags=[tag.name for tag in labels],
        staff_at=due_at(space=space, urgency=urgency, is_staff=viewer.is_staff, now=now),
        idea_status=IdeaStatus.RECEIVED if space.kind == Space.Kind.IDEA else "",
    )


def _create_opening(topic: Topic, writing: Writing, *, is_staff: bool, now: datetime) -> Post:
    return Post.objects.create(
        topic=topic,
        number=1,
        author_id=topic.author_id,
        body=writing.body,
        html=writing.html,
        render_version=RENDER_VERSION,
        lang=writing.lang,
        audience_id=topic.audience_id,
        container_audience_id=topic.container_audience_id,
        created_at=now,
        is_staff=is_staff,
    )


def due_at(*, space: Space, urgency: str, is_staff: bool, now: datetime) -> datetime | None:
    """Return when staff are told of a topic: at once unless it can wait for members first; never of their own."""
    if is_staff:
        return None
    if urgency != Urgency.NORMAL:
        return now
    if space.kind != Space.Kind.QUESTION:
        return None
    hours = space.members_first_hours
    if hours is None:
        hours = community.setting(keys.MEMBERS_FIRST_HOURS)
    return now + timedelta(hours=hours)


def hold_topic(*, topic: Topic, reason: str, now: datetime) -> None:
    """Write down that a topic waits for a moderator."""
    record(
        activities.TOPIC_HELD,
        actor_id=topic.author_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"space": topic.space_id, "reason": reason},
    )


def announce_topic(*, topic: Topic, post: Post, space: Space, writing: Writing, now: datetime) -> None:
    """Count, index and tell of a topic that can be seen from now on."""
    indexing.index_topic(topic=topic, space=space, text=writing.text)
    posted = record(
        activities.TOPIC_POSTED,
        actor_id=topic.author_id,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={
            "space": topic.space_id,
            "kind": space.kind,
            "urgency": topic.urgency,
            "post": post.pk,
            "is_staff": post.is_staff,
            "mentions": len(writing.mentioned_ids),
        },
    )
    if topic.staff_at is not None and topic.staff_at <= now:
        tell_staff(topic=topic, now=now, caused_by=posted)
    count_topic(topic=topic, change=1)
    bump_generation(CONTENT)


def tell_staff(*, topic: Topic, now: datetime, caused_by: Activity | None = None) -> bool:
    """Record that a question reaches staff, once."""
    waiting = Topic.objects.filter(pk=topic.pk, staff_at__isnull=False)
    if not waiting.update(staff_at=None, staff_told_at=now):
        return False
    record(
        activities.TOPIC_REACHED_STAFF,
        actor_id=None,
        object_type="topic",
        object_id=topic.pk,
        at=now,
        props={"space": topic.space_id, "urgency": topic.urgency},
        caused_by=caused_by,
    )
    return True
