"""What discussions hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.engagement.discussions.actions.leaving import forget_member
from kizuna.engagement.discussions.models import (
    Bookmark,
    Draft,
    Follow,
    IdeaVote,
    MemberTag,
    Mention,
    Reaction,
    SolvedCheck,
    TopicRead,
)
from kizuna.engagement.discussions.queries.targets import posts_written_by

BATCH = 1000


def posts(*, person: Person) -> Iterator[Any]:
    """Yield what the member wrote."""
    if person.member_id is not None:
        yield from posts_written_by(member_id=person.member_id)


def drafts(*, person: Person) -> Iterator[Any]:
    """Yield unsent texts."""
    rows = Draft.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("context", "title", "body", "tags", "saved_at")


def marks(*, person: Person) -> Iterator[Any]:
    """Yield reactions, votes, bookmarks, follows, answers to whether it was solved, and what was read."""
    own = {"member_id": person.member_id or 0}
    for mark, rows in (
        ("reaction", Reaction.objects.filter(**own).values("post_id", "word", "created_at")),
        ("vote", IdeaVote.objects.filter(**own).values("topic_id", "created_at")),
        ("bookmark", Bookmark.objects.filter(**own).values("post_id", "created_at")),
        ("follow", Follow.objects.filter(**own).values("topic_id", "is_muted", "created_at")),
        ("solved", SolvedCheck.objects.filter(**own).values("topic_id", "is_solved", "answered_at")),
        ("mention", Mention.objects.filter(**own).values("post_id", "created_at")),
        ("read", TopicRead.objects.filter(**own).values("topic_id", "last_read_number", "read_at")),
        ("tag", MemberTag.objects.filter(**own).values("tag__name", "answer_count", "accepted_count")),
    ):
        for row in rows.order_by("id").iterator(chunk_size=BATCH):
            yield {"mark": mark, **row}


POSTS = PersonalData(
    "discussions.posts",
    _("Posts"),
    ("discussions.Topic.author", "discussions.Post.author", "discussions.Topic.last_post_author"),
    posts,
    erase=forget_member,
    kept_because=_("What was written to others stays, under no name; others answered it."),
)
DRAFTS = PersonalData("discussions.drafts", _("Drafts"), ("discussions.Draft.member",), drafts)
MARKS = PersonalData(
    "discussions.marks",
    _("Reactions, votes and bookmarks"),
    (
        "discussions.Reaction.member", "discussions.IdeaVote.member", "discussions.Bookmark.member",
        "discussions.Follow.member", "discussions.SolvedCheck.member", "discussions.Mention.member",
        "discussions.TopicRead.member", "discussions.ReadMark.member", "discussions.MemberTag.member",
    ),
    marks,
)  # fmt: skip
BY_STAFF = PersonalExempt(
    "discussions.acts",
    covers=(
        "discussions.PostRevision.edited_by", "discussions.PostRemoval.removed_by", "discussions.PostRemoval.restored_by",
        "discussions.AcceptedAnswer.accepted_by", "discussions.AcceptedAnswer.ended_by", "discussions.TopicClosure.closed_by",
        "discussions.TopicPin.pinned_by", "discussions.TopicMove.moved_by", "discussions.TopicRemoval.removed_by",
        "discussions.TopicRemoval.restored_by", "discussions.IdeaStatusChange.changed_by",
    ),
    reason="Says which member acted on a topic; an erased member's row has no name any more.",
)  # fmt: skip
