"""Whom an activity concerns. What each of them may see is asked again by notifications, when they are told."""

from collections.abc import Iterable

from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.engagement.discussions.models import Follow, IdeaVote, Mention

TEAM = (Role.OWNER, Role.ADMIN, Role.MODERATOR, Role.SUCCESS_MANAGER)
MODERATORS = (Role.OWNER, Role.ADMIN, Role.MODERATOR)


def followers_of(topic_id: int) -> list[int]:
    """Return the members who are told of new posts."""
    return list(Follow.objects.filter(topic_id=topic_id, is_muted=False).values_list("member_id", flat=True))


def without_muted(member_ids: Iterable[int], *, topic_id: int) -> list[int]:
    """Return those of the members who did not mute the topic."""
    wanted = set(member_ids)
    muted = Follow.objects.filter(topic_id=topic_id, is_muted=True, member_id__in=wanted)
    return sorted(wanted - set(muted.values_list("member_id", flat=True)))


def mentioned_in(post_id: int) -> dict[int, object]:
    """Return {member id: since when} of those a post calls by name."""
    return dict(Mention.objects.filter(post_id=post_id).values_list("member_id", "created_at"))


def voters_of(topic_id: int) -> list[int]:
    """Return the members who voted for an idea."""
    return list(IdeaVote.objects.filter(topic_id=topic_id).values_list("member_id", flat=True))


def holders_of(roles: Iterable[str]) -> list[int]:
    """Return the active members who hold one of the roles."""
    held = RoleGrant.objects.filter(role__in=list(roles), member__state=Member.State.ACTIVE)
    return sorted(set(held.values_list("member_id", flat=True)))
