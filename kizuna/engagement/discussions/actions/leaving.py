"""Take a person who is erased out of discussions: what they wrote stays under no name, what was theirs alone goes."""

from datetime import datetime

from kizuna.base.registry import Erased, Person
from kizuna.engagement.discussions.models import (
    Bookmark,
    Draft,
    Follow,
    MemberTag,
    Mention,
    Post,
    ReadMark,
    SolvedCheck,
    TopicRead,
)


def forget_member(*, person: Person, now: datetime) -> Erased:
    """Delete what was only the member's own."""
    if person.member_id is None:
        return Erased()
    removed = 0
    for model in (Draft, Bookmark, Follow, TopicRead, ReadMark, MemberTag, Mention):
        removed += model.objects.filter(member_id=person.member_id).delete()[0]
    removed += SolvedCheck.objects.filter(member_id=person.member_id, is_solved__isnull=True).delete()[0]
    return Erased(removed=removed, kept=Post.objects.filter(author_id=person.member_id).count())
