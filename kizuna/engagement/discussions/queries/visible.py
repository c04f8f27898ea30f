"""The gate: what a person may see of discussions. Every fetch for a person starts here.

A topic is seen with its audience and its space's, so one with an audience of its own is seen by those in both; a post with
its topic. Beyond that, authors in both see what is theirs while it waits for a moderator, the asker of a private question
sees the question, and moderators see what waits.
"""

import re

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.core.members.policies import can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Post, Space, State, Topic

PRESENT = (State.VISIBLE, State.HELD)
# Stored HTML that only lists and threads show.
DRAWN_ROW = ("row_ja", "row_en")
DRAWN_FRAGMENT = ("fragment_ja", "fragment_en")


def spaces_visible_to(viewer: Viewer) -> QuerySet[Space]:
    """Return the spaces this person may enter, archived ones included, in their order."""
    return Space.objects.filter(audience_id__in=viewer.audience_ids)


def space_for(viewer: Viewer, slug: str) -> Space:
    """Return the space or raise Http404."""
    space = spaces_visible_to(viewer).filter(slug=slug).first()
    if space is None:
        raise Http404
    return space


def space_edited(viewer: Viewer, slug: str, number: str) -> Space:
    """Return the space a form was opened on, whose address may be another by now; without a number the one of the address."""
    if not re.fullmatch(r"[0-9]{1,18}", number):
        return space_for(viewer, slug)
    space = spaces_visible_to(viewer).filter(pk=int(number)).first()
    if space is None:
        raise Http404
    return space


def has_topics(space: Space) -> bool:
    """Tell whether anything was ever posted in a space, seen or not."""
    return Topic.objects.filter(space=space).exists()


def topics_visible_to(viewer: Viewer) -> QuerySet[Topic]:
    """Return the topics this person may read."""
    return Topic.objects.filter(topic_gate(viewer))


def topic_gate(viewer: Viewer, prefix: str = "") -> Q:
    """Return the condition of `topics_visible_to`, for a relation when `prefix` is given (`topic__`)."""
    ids = viewer.audience_ids

    def condition(**fields: object) -> Q:
        return Q(**{prefix + name: value for name, value in fields.items()})

    seen = condition(audience_id__in=ids, state=State.VISIBLE)
    if viewer.is_member:
        seen |= condition(author_id=viewer.member_id, state__in=PRESENT) & _keeps_its_author(viewer, prefix)
    if can_moderate(viewer):
        seen |= condition(audience_id__in=ids, state=State.HELD)
    return condition(container_audience_id__in=ids) & seen


def _keeps_its_author(viewer: Viewer, prefix: str = "") -> Q:
    """Return the condition on topics that their author still reads: those of their audiences, and private questions."""
    private = Q(**{f"{prefix}urgency": Topic.Urgency.PRIVATE})
    return Q(**{f"{prefix}audience_id__in": viewer.audience_ids}) | private


def posts_visible_to(viewer: Viewer) -> QuerySet[Post]:
    """Return the posts this person may read, inside topics they may read."""
    return Post.objects.filter(topic_gate(viewer, "topic__") & post_gate(viewer))


def post_gate(viewer: Viewer) -> Q:
    """Return the condition on posts of a topic that is already known to be visible."""
    ids = viewer.audience_ids
    seen = Q(audience_id__in=ids, state=State.VISIBLE)
    if viewer.is_member:
        seen |= Q(author_id=viewer.member_id, state__in=PRESENT)
        seen |= Q(topic__author_id=viewer.member_id, topic__urgency=Topic.Urgency.PRIVATE, state=State.VISIBLE)
    if can_moderate(viewer):
        seen |= Q(audience_id__in=ids, state=State.HELD)
    return Q(container_audience_id__in=ids) & seen


def topic_for(viewer: Viewer, topic_id: int) -> Topic:
    """Return the topic with its space and author, or raise Http404."""
    found = topics_visible_to(viewer).select_related("space", "author").defer(*DRAWN_ROW)
    topic = found.filter(pk=topic_id).first()
    if topic is None:
        raise Http404
    return topic


def post_for(viewer: Viewer, post_id: int) -> Post:
    """Return the post with its topic, space and author, or raise Http404."""
    post = posts_visible_to(viewer).select_related("topic__space", "author").filter(pk=post_id).first()
    if post is None:
        raise Http404
    return post


def removed_topic_for(viewer: Viewer, topic_id: int) -> Topic:
    """Return a removed topic to the person who may bring it back, or raise Http404."""
    mine = Q(author_id=viewer.member_id, state=State.DELETED) & _keeps_its_author(viewer)
    if can_moderate(viewer):
        mine |= Q(audience_id__in=viewer.audience_ids, state__in=(State.DELETED, State.HIDDEN))
    found = Topic.objects.filter(Q(container_audience_id__in=viewer.audience_ids) & mine, pk=topic_id)
    topic = found.select_related("space", "author").first() if viewer.is_member else None
    if topic is None:
        raise Http404
    return topic


def removed_post_for(viewer: Viewer, post_id: int) -> Post:
    """Return a removed post of a visible topic to the person who may bring it back, or raise Http404."""
    mine = Q(author_id=viewer.member_id, state=State.DELETED)
    if can_moderate(viewer):
        mine |= Q(audience_id__in=viewer.audience_ids, state__in=(State.DELETED, State.HIDDEN))
    found = Post.objects.filter(topic_gate(viewer, "topic__") & mine, pk=post_id)
    post = found.select_related("topic__space", "author").first() if viewer.is_member else None
    if post is None:
        raise Http404
    return post
