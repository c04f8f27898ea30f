"""Take a person who is erased out of discussions: what they wrote stays under no name, what was theirs alone goes."""

from datetime import datetime

from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import (
    Bookmark,
    Draft,
    Follow,
    MemberTag,
    Mention,
    Post,
    ReadMark,
    SolvedCheck,
    Topic,
    TopicRead,
)

CHUNK = 500


def forget_member(*, person: Person, now: datetime) -> Erased:
    """Delete what was only the member's own, and what is kept as it was drawn with their name."""
    if person.member_id is None:
        return Erased()
    _forget_drawings(person.member_id)
    removed = 0
    for model in (Draft, Bookmark, Follow, TopicRead, ReadMark, MemberTag, Mention):
        removed += model.objects.filter(member_id=person.member_id).delete()[0]
    removed += SolvedCheck.objects.filter(member_id=person.member_id, is_solved__isnull=True).delete()[0]
    return Erased(removed=removed, kept=Post.objects.filter(author_id=person.member_id).count())


def _forget_drawings(member_id: int) -> None:
    """Empty the drawn lines and posts of the topics that the member wrote in or was named in: the next reader draws them anew.

    A line that nobody opens again (held, hidden, far down a list) would keep the name for good.
    """
    ids = set(Post.objects.filter(author_id=member_id).values_list("topic_id", flat=True))
    ids |= set(Mention.objects.filter(member_id=member_id).values_list("post__topic_id", flat=True))
    ids |= set(
        Topic.objects.filter(Q(author_id=member_id) | Q(last_post_author_id=member_id)).values_list("pk", flat=True)
    )
    numbers = sorted(ids)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        Topic.objects.filter(pk__in=part).update(row_ja="", row_en="", row_version=stale())
        Post.objects.filter(topic_id__in=part).update(fragment_ja="", fragment_en="", fragment_version=stale())
