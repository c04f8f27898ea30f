"""Reactions with words. The words are the community's; each member gives each word once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.activity.types import ActivityType
from kizuna.core.community import queries as community
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions.counting import count_for_author
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import Post, Reaction, State


@transaction.atomic
def give_reaction(*, viewer: Viewer, post: Post, word: str, now: datetime) -> dict[str, int]:
    """React to somebody's post with a word and return the post's counts. The same word again changes nothing."""
    require(can_act(viewer), policies.SIGN_IN)
    if word not in {reaction["word"] for reaction in community.setting(keys.REACTIONS)}:
        raise Refused(_("Please choose one of the reactions."), field="word")
    post = _locked(post)
    require(post.author_id != viewer.member_id, _("You cannot react to your own post."))
    require(post.state == State.VISIBLE, _("This post takes no reactions."))
    if Reaction.objects.filter(post=post, member_id=viewer.member_id, word=word).exists():
        return post.reaction_counts
    Reaction.objects.create(post=post, member_id=viewer.member_id, word=word, created_at=now)
    _count(post, word, 1)
    _tell(activities.REACTION_GIVEN, viewer, post, word, now=now)
    return post.reaction_counts


@transaction.atomic
def withdraw_reaction(*, viewer: Viewer, post: Post, word: str, now: datetime) -> dict[str, int]:
    """Take a reaction back and return the post's counts."""
    require(can_act(viewer), policies.SIGN_IN)
    post = _locked(post)
    given = Reaction.objects.filter(post=post, member_id=viewer.member_id, word=word)
    if given.delete()[0]:
        _count(post, word, -1)
        _tell(activities.REACTION_WITHDRAWN, viewer, post, word, now=now)
    return post.reaction_counts


def _locked(post: Post) -> Post:
    return Post.objects.select_for_update(of=("self",)).select_related("topic").get(pk=post.pk)


def _count(post: Post, word: str, change: int) -> None:
    """Change the counts of a locked post. They are kept, not counted again: imported votes have no rows."""
    counts = {**post.reaction_counts, word: post.reaction_counts.get(word, 0) + change}
    post.reaction_counts = {word: count for word, count in counts.items() if count > 0}
    changes: dict[str, Any] = {"reaction_counts": post.reaction_counts, "fragment_version": stale()}
    if word == keys.THANKS:
        post.thanks_count = changes["thanks_count"] = max(0, post.thanks_count + change)
        count_for_author(post=post, topic=post.topic, thanks_count=change)
    Post.objects.filter(pk=post.pk).update(**changes)


def _tell(activity_type: ActivityType, viewer: Viewer, post: Post, word: str, *, now: datetime) -> None:
    record(
        activity_type,
        actor_id=viewer.member_id,
        object_type="post",
        object_id=post.pk,
        at=now,
        props={"topic": post.topic_id, "author": post.author_id, "word": word},
    )
    bump_generation(CONTENT)
