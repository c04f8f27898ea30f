"""Take a person who leaves out of discussions: what they wrote stays under no name, what was theirs alone goes."""

from kizuna.core.members.models import Member
from kizuna.engagement.discussions.models import (
    Bookmark,
    Draft,
    Follow,
    MemberTag,
    Mention,
    ReadMark,
    SolvedCheck,
    TopicRead,
)


def forget_member(*, member: Member) -> None:
    """Delete what was only the member's own. Called inside the erasure's transaction."""
    for model in (Draft, Bookmark, Follow, TopicRead, ReadMark, MemberTag, Mention):
        model.objects.filter(member=member).delete()
    SolvedCheck.objects.filter(member=member, is_solved__isnull=True).delete()
