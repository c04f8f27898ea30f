"""What counters that everybody sees may count, and the counts made again from the rows.

A space's counter counts what everybody who may enter sees: no private question, no topic with an audience of its own. A tag's
and a member's are seen far outside the space, so they count only what every member may read: the rest would tell how much
is said behind closed doors.
"""

from collections.abc import Collection

from django.db.models import Count, F, Q, Sum

from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.engagement.discussions.models import Post, State, Topic

OPEN_AUDIENCES = (PUBLIC, MEMBERS)


def is_counted_in_space(topic: Topic) -> bool:
    """Tell whether a visible topic belongs into its space's counter."""
    return topic.urgency != Topic.Urgency.PRIVATE and topic.own_audience_id is None


def is_counted_for_all(topic: Topic) -> bool:
    """Tell whether what is in a visible topic belongs into the counters of members and tags."""
    return is_counted_in_space(topic) and is_open(topic.container_audience_id)


def is_open(audience_id: int) -> bool:
    """Tell whether every member may read what has this audience."""
    return audience_id in OPEN_AUDIENCES


def counted_in_space() -> Q:
    """Return the condition on topics that a space's counter counts."""
    return Q(state=State.VISIBLE, own_audience=None) & ~Q(urgency=Topic.Urgency.PRIVATE)


def counted_for_all(prefix: str = "") -> Q:
    """Return the condition of `is_counted_for_all`, for a relation when `prefix` is given (`topic__`)."""
    open_to_all = Q(**{f"{prefix}container_audience_id__in": OPEN_AUDIENCES, f"{prefix}own_audience": None})
    return open_to_all & ~Q(**{f"{prefix}urgency": Topic.Urgency.PRIVATE})


def counted(member_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Count members' contributions from the rows, {member id: counts}: what the kept counts must equal."""
    found = {
        member_id: {"topic_count": 0, "post_count": 0, "accepted_count": 0, "thanks_count": 0}
        for member_id in member_ids
    }
    topics = Topic.objects.filter(counted_for_all())
    posts = Post.objects.filter(counted_for_all("topic__"), author_id__in=member_ids)
    accepted = topics.filter(accepted_post__author_id__in=member_ids).exclude(author_id=F("accepted_post__author_id"))
    grouped = {
        "topic_count": topics.filter(author_id__in=member_ids, state=State.VISIBLE)
        .values_list("author_id")
        .annotate(count=Count("pk")),
        "post_count": posts.filter(state=State.VISIBLE, number__gt=1)
        .values_list("author_id")
        .annotate(count=Count("pk")),
        "accepted_count": accepted.values_list("accepted_post__author_id").annotate(count=Count("pk")),
        "thanks_count": posts.values_list("author_id").annotate(count=Sum("thanks_count")),
    }
    for name, rows in grouped.items():
        for member_id, count in rows:
            found[member_id][name] = count or 0
    return found
