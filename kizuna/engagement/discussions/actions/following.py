"""Follow and mute topics, keep bookmarks."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kizuna.core.members.policies import can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions.actions import statements
from kizuna.engagement.discussions.models import Bookmark, Follow, Post, Topic


@transaction.atomic
def follow_topic(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Tell the viewer of new posts, also after an earlier mute."""
    require(can_act(viewer), policies.SIGN_IN)
    Topic.objects.select_for_update().get(pk=topic.pk)
    if Follow.objects.filter(topic=topic, member_id=viewer.member_id, is_muted=True).update(is_muted=False):
        _count_followers(topic.pk, 1)
    else:
        statements.follow(member_id=viewer.member_id or 0, topic_id=topic.pk, now=now)


@transaction.atomic
def unfollow_topic(*, viewer: Viewer, topic: Topic) -> None:
    """Stop telling the viewer; a later reply of theirs follows again."""
    require(can_act(viewer), policies.SIGN_IN)
    Topic.objects.select_for_update().get(pk=topic.pk)
    following = Follow.objects.filter(topic=topic, member_id=viewer.member_id, is_muted=False)
    if following.delete()[0]:
        _count_followers(topic.pk, -1)


@transaction.atomic
def mute_topic(*, viewer: Viewer, topic: Topic, now: datetime) -> None:
    """Never tell the viewer of this topic, replies of theirs or not."""
    require(can_act(viewer), policies.SIGN_IN)
    Topic.objects.select_for_update().get(pk=topic.pk)
    if Follow.objects.filter(topic=topic, member_id=viewer.member_id, is_muted=False).update(is_muted=True):
        _count_followers(topic.pk, -1)
        return
    muted = Follow(topic=topic, member_id=viewer.member_id, is_muted=True, created_at=now)
    Follow.objects.bulk_create([muted], ignore_conflicts=True)


def _count_followers(topic_id: int, change: int) -> None:
    Topic.objects.filter(pk=topic_id).update(follower_count=F("follower_count") + change)


def add_bookmark(*, viewer: Viewer, post: Post, now: datetime) -> None:
    """Keep a post in the viewer's own list."""
    require(can_act(viewer), policies.SIGN_IN)
    bookmark = Bookmark(member_id=viewer.member_id, post=post, created_at=now)
    Bookmark.objects.bulk_create([bookmark], ignore_conflicts=True)


def remove_bookmark(*, viewer: Viewer, post: Post) -> None:
    """Take a post from the viewer's list."""
    require(can_act(viewer), policies.SIGN_IN)
    Bookmark.objects.filter(member_id=viewer.member_id, post=post).delete()
