"""Change the words of a post; what stood there before is kept."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kizuna.base.text.markdown import RENDER_VERSION
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.posts import hold_post, keep_parts
from kizuna.engagement.discussions.actions.tagging import tag_topic
from kizuna.engagement.discussions.actions.topics import hold_topic
from kizuna.engagement.discussions.actions.visibility import take_away_post, take_away_topic
from kizuna.engagement.discussions.actions.writing import Writing, stale, titled, written
from kizuna.engagement.discussions.models import Mention, Post, PostRevision, State, Topic
from kizuna.engagement.discussions.queries import page_own


def edit_post(
    *,
    viewer: Viewer,
    post: Post,
    body: str,
    now: datetime,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    attachments: Iterable[str] = (),
    opened: Opened | None = None,
) -> Post:
    """Change a post, and the topic's title and tags with its opening post. A text that a rule holds goes to wait.

    Raises Overtaken where somebody else changed what the form was `opened` on.
    """
    policies.require_edit(viewer, post)
    writing = written(viewer=viewer, body=body, attachments=attachments, now=now)
    held_for = writing.held_for
    with transaction.atomic():
        topic = Topic.objects.select_for_update(of=("self",)).select_related("space").get(pk=post.topic_id)
        post.refresh_from_db(fields=["body", "state"])
        post.topic = topic
        new_title = topic.title
        if post.number == 1 and title is not None:
            new_title, title_held_for = titled(viewer=viewer, title=title)
            held_for = held_for or title_held_for
        new_tags = list(tags) if post.number == 1 and tags is not None else topic.tags
        if (writing.body, new_title, new_tags) == (post.body, topic.title, topic.tags):
            return post
        require_unchanged(opened, page_own.shown_of(post), lambda after: page_own.changes_after(post, after=after))
        if new_tags != topic.tags:
            tag_topic(viewer=viewer, topic=topic, tags=new_tags, now=now)
        if (writing.body, new_title) == (post.body, topic.title):
            return post
        _keep_revision(viewer, post, topic, is_retitled=new_title != topic.title, now=now)
        _write(post, topic, writing, new_title, now=now)
        if held_for and post.state == State.VISIBLE and topic.state == State.VISIBLE:
            _hold(post, topic, held_for, now=now)
        else:
            indexing.reindex_topic(topic_id=topic.pk, post_ids=[post.pk])
        record(
            activities.POST_EDITED,
            actor_id=viewer.member_id,
            object_type="post",
            object_id=post.pk,
            at=now,
            props={"topic": topic.pk, "by_author": viewer.member_id == post.author_id},
        )
        bump_generation(CONTENT)
    return post


def _keep_revision(viewer: Viewer, post: Post, topic: Topic, *, is_retitled: bool, now: datetime) -> None:
    PostRevision.objects.create(
        post=post,
        body=post.body,
        title=topic.title if is_retitled else "",
        edited_by_id=viewer.member_id,
        edited_at=now,
    )


def _write(post: Post, topic: Topic, writing: Writing, title: str, *, now: datetime) -> None:
    post.body, post.html, post.lang, post.edited_at = writing.body, writing.html, writing.lang, now
    post.render_version, post.fragment_version = RENDER_VERSION, stale()
    post.save(update_fields=["body", "html", "lang", "edited_at", "render_version", "fragment_version"])
    Mention.objects.filter(post=post).exclude(member_id__in=writing.mentioned_ids).delete()
    keep_parts(post=post, writing=writing, now=now)
    if post.number == 1:
        topic.title, topic.lang = title, writing.lang
        Topic.objects.filter(pk=topic.pk).update(title=title, lang=writing.lang, row_version=stale())


def _hold(post: Post, topic: Topic, reason: str, *, now: datetime) -> None:
    if post.number == 1:
        take_away_topic(topic=topic, state=State.HELD)
        hold_topic(topic=topic, reason=reason, now=now)
    else:
        take_away_post(post=post, topic=topic, state=State.HELD, by_id=None, now=now)
        hold_post(post=post, reason=reason, now=now)
