"""What Studio's pages on spaces show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from kizuna.base.web.opened import Opened, by_field
from kizuna.core.community.queries import last_change
from kizuna.core.community.settings import in_language
from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.engagement.discussions.models import Follow, Post, Space, State, Topic

# What the form of a space asks, and what the one beside it does.
FORM = ("slug", "kind", "icon", "color", "posting", "members_first_hours", "name", "description", "post_template")
AUDIENCE = ("audience_id",)


@dataclass(frozen=True)
class Reach:
    """What a change of a space touches."""

    topics: int
    posts: int
    private_topics: int
    narrowed_topics: int
    followers: int


def spaces() -> list[Space]:
    """Return every space in its order, archived ones at the end."""
    return list(Space.objects.select_related("audience").order_by("is_archived", "position", "id"))


def audiences(language: str) -> list[tuple[int, str]]:
    """Return the audiences a space may have, by id and name."""
    return [(audience.pk, label_of(audience, language)) for audience in Audience.objects.order_by("id")]


def label_of(audience: Audience, language: str) -> str:
    """Return the name of an audience."""
    return in_language(audience.label, language) or audience.slug


def space_values(space: Space, names: Iterable[str]) -> dict[str, Any]:
    """Return fields of a space as its forms show them."""
    return by_field({name: getattr(space, name) for name in names})


def space_opened(space: Space, names: Iterable[str]) -> Opened:
    """Return what a form of a space is opened on."""
    return Opened.on(space_values(space, names), number=last_change(f"space:{space.pk}"))


def reach_of(space: Space) -> Reach:
    """Count what is in a space."""
    topics = Topic.objects.filter(space=space).aggregate(
        all=Count("pk", filter=Q(state=State.VISIBLE)),
        private=Count("pk", filter=Q(state=State.VISIBLE, urgency=Topic.Urgency.PRIVATE)),
        narrowed=Count("pk", filter=Q(state=State.VISIBLE, own_audience__isnull=False)),
    )
    return Reach(
        topics=topics["all"],
        posts=Post.objects.filter(topic__space=space, topic__state=State.VISIBLE, state=State.VISIBLE).count(),
        private_topics=topics["private"],
        narrowed_topics=topics["narrowed"],
        followers=Follow.objects.filter(topic__space=space, is_muted=False).values("member").distinct().count(),
    )


def people_in(audience_id: int) -> int | None:
    """Return how many members an audience has; None when it is everybody on the web."""
    if audience_id == PUBLIC:
        return None
    active = Member.objects.filter(state=Member.State.ACTIVE, is_system=False, is_imported=False)
    if audience_id == MEMBERS:
        return active.count()
    if Audience.objects.filter(pk=audience_id, kind=Audience.Kind.BUILT_IN).exists():
        return active.filter(role_grants__isnull=False).distinct().count()
    listed = AudienceMember.objects.filter(audience_id=audience_id)
    return active.filter(pk__in=listed.values("member_id")).count()
