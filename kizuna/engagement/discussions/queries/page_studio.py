"""What Studio's pages on spaces show."""

from dataclasses import dataclass

from django.db.models import Count, Q

from kizuna.core.community.settings import in_language
from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.engagement.discussions.models import Follow, Post, Space, State, Topic


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
